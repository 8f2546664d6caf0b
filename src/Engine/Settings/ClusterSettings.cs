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
    /// <summary>The default port for connections of other nodes to a seed.</summary>
    public const int UsualPort = 7071;

    private const string HostExpected = "a name or an address of this machine, without a port";

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

    internal static readonly SettingSection Section = new("");

    private static readonly Setting<string> HostSetting = Section.Add(
        "cluster.host", Text(HostExpected, IsHost), usual: "127.0.0.1",
        help: "The name or address under which other nodes reach this one, and on which it listens.");

    private static readonly Setting<string?> BindSetting = Section.Add(
        "cluster.bind", MaybeText(HostExpected, IsHost), unset: "cluster.host", example: "0.0.0.0",
        help: "The address to listen on, if it differs: behind address translation, or 0.0.0.0 for every interface. By default "
            + "cluster.host.");

    private static readonly Setting<int?> PortSetting = Section.Add(
        "cluster.port", Maybe(Integer("the port that other nodes reach this one at, 0 for any", 0, ushort.MaxValue)),
        unset: "7071 for a seed, any for a worker", example: "7071",
        help: "The port on which other nodes reach this one, 0 for any free port. By default 7071 for a seed, any for a worker.");

    private static readonly Setting<IReadOnlyList<string>> SeedsSetting = Section.Add(
        "cluster.seeds", Addresses(), unset: "none", example: "[\"seed-a:7071\", \"seed-b:7071\"]",
        help: "Seeds to join, \"HOST:PORT\" (or HOST alone, for port 7071). A worker needs one; without, it tries the one of this "
            + "machine. A seed without any starts a cluster, or rejoins the one that it was in.");

    private static readonly Setting<string?> CertificateSetting = Section.Add(
        "cluster.certificate", MaybeText("the cluster's certificate, as a seed makes it"), unset: "cluster.pem in the state directory",
        example: "/etc/cairn/cluster.pem",
        help: "The cluster's certificate, which both ends of every connection show and require. A seed creates it at its first start, "
            + "and another node of the same user and file system finds it; copy it to others (it is a secret, mode 0600). By default "
            + "cluster.pem in the state directory, $CAIRN_STATE, which is ~/.local/state/cairn by default.");

    private static readonly Setting<ClusterDetection> DetectionSetting = Section.Add(
        "cluster.detection", Word<ClusterDetection>(), usual: ClusterDetection.Normal,
        help: "How fast a node notices that another is gone: normal (a dead node's batches continue elsewhere within 10 s), fast (5 s, on "
            + "quiet networks and machines that are never overloaded) or patient (30 s, where links or machines stall). The same for "
            + "all nodes.");

    private static readonly Setting<string?> JournalSetting = Section.Add(
        "journal.postgres",
        MaybeText("the connection string of a PostgreSQL database, Host=…;Database=…;Username=…; empty for SQLite")
            with { Write = text => text ?? "" },
        usual: null,
        help: "The PostgreSQL database for the journals of runs, \"Host=db.example.org;Database=cairn;Username=cairn\": for several "
            + "seeds, each of which may have to continue from it. Empty for SQLite in the state directory, for one seed.");

    private static readonly Setting<HoconObject?> AkkaSetting = Section.Add(
        "akka", AkkaObject(), unset: "none", example: "{ cluster.gossip-interval = 2s }",
        help: "Akka's settings of a node, with Akka's names; they override Cairn's choice. A name that Akka does not know is a mistake.");

    /// <summary>Reads <c>HOST:PORT</c>, the port a seed's usual one where none is given; null for anything else.</summary>
    public static (string Host, int Port)? Address(string text)
    {
        var at = text.LastIndexOf(':');
        var (host, port) = at < 0 ? (text, UsualPort) : (text[..at], int.TryParse(text[(at + 1)..], out var number) ? number : 0);
        return host.Length > 0 && Uri.CheckHostName(host) != UriHostNameType.Unknown && port is > 0 and <= ushort.MaxValue
            ? (host, port) : null;
    }

    internal static ClusterSettings Read(SettingReader reader, Func<string, string?> environment) => new()
    {
        StateDirectory = State(environment),
        Host = reader.Get(HostSetting),
        Bind = reader.Get(BindSetting),
        Port = reader.Get(PortSetting),
        Seeds = reader.Get(SeedsSetting),
        Certificate = reader.Get(CertificateSetting) is { } file ? Path.GetFullPath(file, reader.Context.WorkingDirectory) : null,
        Detection = reader.Get(DetectionSetting),
        Journal = reader.Get(JournalSetting),
        Akka = reader.Get(AkkaSetting),
    };

    private static SettingType<HoconObject?> AkkaObject() => new(
        "object", "an object of Akka's settings, such as { cluster.gossip-interval = 2s }",
        (SettingReader _, string _, HoconValue value, out HoconObject? akka) =>
        {
            akka = value as HoconObject;
            return akka is not null;
        },
        akka => akka is null ? null : ToJson(akka));

    private static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;

    /// <summary>A list, or, as variables of the environment give it, one text with commas.</summary>
    private static SettingType<IReadOnlyList<string>> Addresses() => new(
        "list of addresses", "a list of seeds, [\"HOST:PORT\", …]; [] for none",
        (SettingReader _, string _, HoconValue value, out IReadOnlyList<string> seeds) =>
        {
            seeds = value switch
            {
                HoconScalar scalar => scalar.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                HoconArray array => [.. array.Items.Select(item => (item as HoconScalar)?.Text ?? "")],
                _ => [""],
            };
            return seeds.All(seed => Address(seed) is not null);
        },
        List) { Otherwise = [] };

    /// <summary>By the XDG base directory specification, which ignores a relative path.</summary>
    private static string State(Func<string, string?> environment) =>
        environment("CAIRN_STATE") is { Length: > 0 } state ? Path.GetFullPath(state)
        : environment("XDG_STATE_HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, "cairn")
        : Path.Combine(Home(environment), ".local", "state", "cairn");

    private static string Home(Func<string, string?> environment) =>
        environment("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? home
        // What the system's list of users says of this one.
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } listed ? listed
        : throw new SpecException("This user has no home directory: HOME is not set, and the system's list of users names none. Set "
            + "CAIRN_STATE to a folder where Cairn may keep persistent state.");
}
