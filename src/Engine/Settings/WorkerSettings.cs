namespace Cairn.Engine.Settings;

/// <summary>Where a worker steps the gangs of runs whose spec says <c>ranks.launcher = in-process</c>.</summary>
public enum WorkerLauncher
{
    /// <summary>In one child process a run: a native crash takes the child, and not the node.</summary>
    Process,

    /// <summary>In the worker's own process.</summary>
    InProcess,
}

/// <summary>The settings of a worker.</summary>
public sealed record WorkerSettings
{
    /// <summary>What people call the node; null for its host's name.</summary>
    public string? Name { get; init; }

    /// <summary>What runs may ask for by <c>requires.label</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Where gangs are stepped.</summary>
    public WorkerLauncher Launcher { get; init; }

    /// <summary>How long a node that is to end waits for its batches to come to a boundary.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where it serves its metrics; null where it does not.</summary>
    public MetricsEndpoint? Metrics { get; init; }

    /// <summary>Where else its metrics and traces go.</summary>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>Slots and the wall-clock limit.</summary>
    public required NodeSpec Node { get; init; }

    internal static readonly SettingSection Section = new("node");

    private static readonly Setting<string?> NameSetting = Section.Add(
        "name", MaybeText("the node's name: letters, digits, '.', '_' and '-', at most 60", IsName), unset: "its host's name",
        example: "gpu-3", help: "The node's name; every start adds its own suffix. By default the host's name.");

    private static readonly Setting<IReadOnlyList<string>?> LabelsSetting = Section.Add(
        "labels", Names, unset: "none", example: "[large-memory]", help: "Labels that runs may require with requires.label.");

    private static readonly Setting<WorkerLauncher> LauncherSetting = Section.Add(
        "launcher", Word<WorkerLauncher>(), usual: WorkerLauncher.Process,
        help: "Where the worker steps batches whose spec has ranks.launcher = in-process: process (one child process per run, so that a "
            + "crash of the model's code ends the child and not the node) or in-process.");

    private static readonly Setting<TimeSpan> DrainTimeoutSetting = Section.Add(
        "drain-timeout", Duration("5m"), usual: TimeSpan.FromMinutes(5),
        help: "How long a worker that is stopped (SIGTERM, drain) waits for its batches to reach a boundary, before it ends them; their "
            + "steps since the last sessions are repeated elsewhere.");

    internal static WorkerSettings Read(SettingReader reader) => new()
    {
        Name = reader.Get(NameSetting),
        Labels = reader.Get(LabelsSetting) ?? [],
        Launcher = reader.Get(LauncherSetting),
        DrainTimeout = reader.Get(DrainTimeoutSetting),
        Metrics = MetricsEndpoint.Read(reader),
        Node = NodeSettings.Read(reader),
    };

    private static bool IsName(string text) =>
        text.Length <= 60 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
