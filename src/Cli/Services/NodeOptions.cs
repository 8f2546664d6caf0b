using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Cairn.Actors.Cluster;
using Cairn.Engine.Settings;

namespace Cairn.Cli.Services;

/// <summary>A node's place in a cluster, as the command line and the settings give it.</summary>
internal sealed class NodeOptions
{
    private readonly Option<string[]> _seeds;
    private readonly Option<string> _certificate = new("--certificate")
    {
        Description = "The cluster's certificate, a copy of the one that the first seed made. By default the one in the state directory "
            + "($CAIRN_STATE, else ~/.local/state/cairn).",
        HelpName = "FILE",
    };

    /// <param name="option">What the option that names seeds is called.</param>
    /// <param name="purpose">What naming them does.</param>
    public NodeOptions(string option, string purpose) => _seeds = new(option)
    {
        Description = $"{purpose}: HOST:PORT, or HOST alone for port {ClusterSettings.UsualPort}. May be repeated.",
        HelpName = "ADDRESS",
    };

    public void AddTo(Command command)
    {
        command.Add(_seeds);
        command.Add(_certificate);
    }

    /// <summary>The settings with what the command line says on top.</summary>
    /// <exception cref="SpecException">An address is none.</exception>
    public ClusterSettings Apply(ParseResult parsed, ClusterSettings settings)
    {
        var seeds = parsed.GetValue(_seeds) ?? [];
        foreach (var seed in seeds.Where(s => ClusterSettings.Address(s) is null))
        {
            throw new SpecException($"{seed} is not an address of a seed; expected HOST:PORT, such as "
                + $"127.0.0.1:{ClusterSettings.UsualPort}.");
        }

        return settings with
        {
            Seeds = seeds.Length > 0 ? seeds : settings.Seeds,
            Certificate = parsed.GetValue(_certificate) is { } file ? Path.GetFullPath(file) : settings.Certificate,
        };
    }

    /// <summary>What the node is started with.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="isSeed">Whether it is a seed, which makes the certificate where there is none, or a worker.</param>
    /// <param name="name">What tells its state from that of other nodes of the same user; null for none.</param>
    public static NodeSettings Node(ClusterSettings settings, bool isSeed, string? name)
    {
        var state = StateDirectory(settings, isSeed ? "seed" : name is null ? "worker" : $"worker-{name}");
        return new NodeSettings(Remote(settings, isSeed), state)
        {
            IsSeed = isSeed,
            IsWorker = !isSeed,
            Join = [.. Join(settings, isSeed).Select(AddressOf)],
            Detection = settings.Detection,
            Akka = settings.Akka is { } akka ? AkkaSettings.Of(akka) : null,
            Journal = !isSeed ? null : settings.Journal is { } postgres
                ? JournalSettings.Postgres(postgres) : JournalSettings.Sqlite(state),
        };
    }

    /// <summary>Where the certificate is, or is to be.</summary>
    public static string CertificatePath(ClusterSettings settings) =>
        settings.Certificate ?? Path.Combine(settings.StateDirectory, ClusterCertificate.FileName);

    /// <summary>A worker without settings tries this machine's own seed.</summary>
    public static IReadOnlyList<string> Join(ClusterSettings settings, bool isSeed) =>
        isSeed || settings.Seeds.Count > 0 ? settings.Seeds : ["127.0.0.1"];

    /// <summary>
    /// Requires that the name of some seed is known here: one that has not been started yet is waited for, a wrong name not.
    /// </summary>
    /// <exception cref="SpecException">None is.</exception>
    public static void RequireKnownNames(IReadOnlyList<string> seeds)
    {
        if (!seeds.Any(seed => IsKnown(ClusterSettings.Address(seed)!.Value.Host)))
        {
            throw new SpecException($"no address is known here for {string.Join(" or ", seeds)}. Is the name of the seed right?");
        }
    }

    private static bool IsKnown(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host).Length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static RemoteSettings Remote(ClusterSettings settings, bool isSeed)
    {
        var certificate = settings.Certificate is null && isSeed
            ? ClusterCertificate.LoadOrCreate(settings.StateDirectory)
            : ClusterCertificate.Load(CertificatePath(settings));
        return new RemoteSettings(certificate)
        {
            Host = settings.Host, BindHost = settings.Bind, Port = settings.Port ?? (isSeed ? ClusterSettings.UsualPort : 0),
        };
    }

    /// <summary>Only this user may access it.</summary>
    private static string StateDirectory(ClusterSettings settings, string name)
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(settings.StateDirectory, own);
        return Directory.CreateDirectory(Path.Combine(settings.StateDirectory, name), own).FullName;
    }

    private static Address AddressOf(string seed)
    {
        var (host, port) = ClusterSettings.Address(seed)!.Value;
        return MembershipSettings.AddressOf(host, port);
    }
}
