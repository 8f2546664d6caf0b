using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Cairn.Actors.Cluster;
using Cairn.Engine.Settings;

namespace Cairn.Cli.Services;

/// <summary>A node's place in a cluster, from the command line and the settings.</summary>
internal sealed class NodeOptions
{
    private readonly Option<string[]> _seeds;
    private readonly Option<string> _certificate = new("--certificate")
    {
        Description = "The cluster's certificate, a copy of the one that the first seed made. By default the one in the state directory "
            + "($CAIRN_STATE, else ~/.local/state/cairn).",
        HelpName = "FILE",
    };

    /// <param name="option">The name of the option that lists seeds.</param>
    /// <param name="purpose">What that option does, for help.</param>
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

    /// <summary>The settings, with the command line's values on top.</summary>
    /// <exception cref="SpecException">An address is not valid.</exception>
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

    /// <summary>How the node is set up.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="isSeed">Whether it is a seed, which creates the certificate if there is none, or a worker.</param>
    /// <param name="name">Distinguishes its state from that of the same user's other nodes; null for none.</param>
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

    /// <summary>The path of the certificate, which need not exist yet.</summary>
    public static string CertificatePath(ClusterSettings settings) =>
        settings.Certificate ?? Path.Combine(settings.StateDirectory, ClusterCertificate.FileName);

    /// <summary>A worker without settings tries a seed on this machine.</summary>
    public static IReadOnlyList<string> Join(ClusterSettings settings, bool isSeed) =>
        isSeed || settings.Seeds.Count > 0 ? settings.Seeds : ["127.0.0.1"];

    /// <summary>
    /// Requires that at least one seed's name can be resolved: a seed that is not running yet is waited for, an unknown name is not.
    /// </summary>
    /// <exception cref="SpecException">None can.</exception>
    public static void RequireKnownNames(IReadOnlyList<string> seeds)
    {
        if (!seeds.Any(seed => IsKnown(ClusterSettings.Address(seed)!.Value.Host)))
            throw new SpecException($"no address is known here for {string.Join(" or ", seeds)}. Is the name of the seed right?");
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

    /// <summary>A directory that only this user may access.</summary>
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
