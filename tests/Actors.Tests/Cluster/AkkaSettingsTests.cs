using Cairn.Actors.Cluster;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>What an operator writes in Akka's own words.</summary>
public sealed class AkkaSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-akka-").FullName;

    [Fact]
    public void A_setting_goes_before_Cairns_choice()
    {
        var given = AkkaSettings.Of(Section("akka { cluster { gossip-interval = 2s }, remote.dot-netty.tcp.maximum-frame-size = 8 MiB }"));
        var config = given.WithFallback(MembershipSettings.Of(ClusterDetection.Normal, "seed"));

        Assert.Equal(TimeSpan.FromSeconds(2), config.GetTimeSpan("akka.cluster.gossip-interval"));
        Assert.Equal(8 << 20, config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size"));
        Assert.Equal(TimeSpan.FromMilliseconds(500), config.GetTimeSpan("akka.cluster.leader-actions-interval"));
    }

    [Fact]
    public void A_name_that_Akka_does_not_know_is_told_by_its_line_with_the_nearest()
    {
        var error = Assert.Throws<SpecException>(() => AkkaSettings.Of(Section("""
            akka {
              cluster.gossip-intervall = 2s
              scheduler { tick-duration = 20ms }
              persistence.journal.sql.parallelizm = 2
            }
            """)));

        var file = Path.Combine(_folder, "node.conf");
        Assert.Equal(
            $"{file}:2: Akka has no setting akka.cluster.gossip-intervall; the nearest is akka.cluster.gossip-interval.\n"
            + $"{file}:4: Akka has no setting akka.persistence.journal.sql.parallelizm; the nearest is akka.persistence.journal.sql.parallelism.",
            error.Message);
    }

    [Fact]
    public void What_is_no_section_is_refused()
    {
        var error = Assert.Throws<RunSpecException>(() => Section("akka = fast"));

        Assert.Equal("akka", Assert.Single(error.Mistakes).Key);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Hocon.Values.HoconObject Section(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "node.conf"), text);
        return ServiceSettings.Read("node.conf", [], name => name == "CAIRN_STATE" ? _folder : null, _folder).Cluster.Akka!;
    }
}
