using Cairn.Engine.Runs;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Settings;

/// <summary>How fast a cluster notices that a member is gone.</summary>
public enum ClusterDetection
{
    /// <summary>A dead node's batches go on elsewhere within 10 s; a node may be silent for 3 s.</summary>
    Normal,

    /// <summary>Within 5 s, on a quiet network and machines that are never overloaded; a node may be silent for 1 s.</summary>
    Fast,

    /// <summary>Within 30 s, where links or machines stall; a node may be silent for 12 s.</summary>
    Patient,
}

/// <summary>A node's place in a cluster.</summary>
public sealed record ClusterSettings
{
    /// <summary>Where a seed takes connections of other nodes unless told otherwise.</summary>
    public const int UsualPort = 7071;

    /// <summary>The name or address that other nodes reach this one under.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The address to listen on, where that is another; null where it is not.</summary>
    public string? Bind { get; init; }

    /// <summary>The port; 0 for any that is free, null for a seed's usual one, and any that is free of a worker.</summary>
    public int? Port { get; init; }

    /// <summary>Seeds to join, each <c>HOST:PORT</c>.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Absolute path of the cluster's certificate; null for the one in the state directory.</summary>
    public string? Certificate { get; init; }

    /// <summary>How fast a node notices that another is gone.</summary>
    public ClusterDetection Detection { get; init; }

    /// <summary>The connection string of a PostgreSQL database for the journal; null for SQLite in the state directory.</summary>
    public string? Journal { get; init; }

    /// <summary>Akka's own settings, which go before Cairn's choice of them; null for none.</summary>
    public HoconObject? Akka { get; init; }

    /// <summary>Where this user's programs keep what outlives them.</summary>
    public required string StateDirectory { get; init; }

    internal static IReadOnlyList<SpecSetting> Names { get; } =
    [
        new("cluster.host"),
        new("cluster.bind"),
        new("cluster.port"),
        new("cluster.seeds"),
        new("cluster.certificate"),
        new("cluster.detection"),
        new("journal.postgres"),
        new("akka", IsMap: true),
    ];

    /// <summary>Reads <c>HOST:PORT</c>, the port a seed's usual one where none is given; null for anything else.</summary>
    public static (string Host, int Port)? Address(string text)
    {
        var at = text.LastIndexOf(':');
        var (host, port) = at < 0 ? (text, UsualPort) : (text[..at], int.TryParse(text[(at + 1)..], out var number) ? number : 0);
        return host.Length > 0 && Uri.CheckHostName(host) != UriHostNameType.Unknown && port is > 0 and <= ushort.MaxValue
            ? (host, port) : null;
    }

    internal static ClusterSettings Read(SettingReader reader, Func<string, string?> environment)
    {
        const string host = "a name or an address of this machine, without a port";
        const string journal = "the connection string of a PostgreSQL database, Host=…;Database=…;Username=…; empty for SQLite";
        var usual = new ClusterSettings { StateDirectory = State(environment) };
        return usual with
        {
            Host = reader.Text("cluster.host", usual.Host, false, host, t => Uri.CheckHostName(t) != UriHostNameType.Unknown),
            Bind = Text(reader, "cluster.bind", host, t => Uri.CheckHostName(t) != UriHostNameType.Unknown),
            Port = reader.Find("cluster.port") is null ? null
                : reader.Integer("cluster.port", null, 0, ushort.MaxValue, "the port that other nodes reach this one at, 0 for any"),
            Seeds = Addresses(reader),
            Certificate = Text(reader, "cluster.certificate", "the cluster's certificate, as a seed makes it", _ => true) is { } file
                ? Path.GetFullPath(file, reader.Context.WorkingDirectory) : null,
            Detection = reader.Word<ClusterDetection>("cluster.detection", ClusterDetection.Normal) ?? default,
            Journal = Text(reader, "journal.postgres", journal, _ => true),
            Akka = AkkaOf(reader),
        };
    }

    private static HoconObject? AkkaOf(SettingReader reader)
    {
        var value = reader.Find("akka");
        if (value is not null and not HoconObject)
        {
            reader.Wrong("akka", value, "an object of Akka's settings, such as { cluster.gossip-interval = 2s }");
        }

        return value as HoconObject;
    }

    private static string? Text(SettingReader reader, string key, string expected, Func<string, bool> isGood) =>
        reader.Find(key) is null or HoconScalar { Text: "" } ? null : reader.Text(key, "", false, expected, isGood);

    /// <summary>A list, or, as variables of the environment give it, one text with commas.</summary>
    private static string[] Addresses(SettingReader reader)
    {
        const string key = "cluster.seeds";
        var value = reader.Find(key);
        var texts = value switch
        {
            null => Array.Empty<string>(),
            HoconScalar scalar => scalar.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            HoconArray array => array.Items.OfType<HoconScalar>().Select(s => s.Text).ToArray(),
            _ => [""],
        };
        if (texts.Any(t => Address(t) is null))
        {
            reader.Wrong(key, value, "a list of seeds, [\"HOST:PORT\", …]; [] for none");
        }

        return texts;
    }

    /// <summary>By the XDG base directory specification, which passes over a relative path.</summary>
    private static string State(Func<string, string?> environment) =>
        environment("CAIRN_STATE") is { Length: > 0 } state ? Path.GetFullPath(state)
        : environment("XDG_STATE_HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, "cairn")
        : Path.Combine(Home(environment), ".local", "state", "cairn");

    private static string Home(Func<string, string?> environment) =>
        environment("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? home
        // What the system's list of users says of this one.
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } listed ? listed
        : throw new SpecException("This user has no home directory: HOME is not set, and the system's list of users names none. Set "
            + "CAIRN_STATE to a folder where Cairn may keep what outlives a process.");
}
