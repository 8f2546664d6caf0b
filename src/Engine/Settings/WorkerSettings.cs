using Cairn.Engine.Runs;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Settings;

/// <summary>Where a worker steps the gangs of runs whose spec says <c>ranks.launcher = in-process</c>.</summary>
public enum WorkerLauncher
{
    /// <summary>In one child process a run: a native crash takes the child, and not the node.</summary>
    Process,

    /// <summary>In the worker's own process.</summary>
    InProcess,
}

/// <summary>What a worker is told at its start.</summary>
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

    /// <summary>Slots and the wall-clock limit.</summary>
    public required NodeSpec Node { get; init; }

    internal static IReadOnlyList<SpecSetting> Names { get; } =
    [
        new("node.name"),
        new("node.labels"),
        new("node.launcher"),
        new("node.drain-timeout"),
    ];

    internal static WorkerSettings Read(SettingReader reader)
    {
        const string name = "the node's name: letters, digits, '.', '_' and '-', at most 60";
        var usual = new WorkerSettings { Node = EnsembleReader.Node(reader) };
        return usual with
        {
            Name = reader.Find("node.name") is null ? null : reader.Text("node.name", "", false, name, IsName),
            Labels = reader.Names("node.labels") ?? usual.Labels,
            Launcher = reader.Word<WorkerLauncher>("node.launcher", WorkerLauncher.Process) ?? default,
            DrainTimeout = reader.Read<TimeSpan?>(
                "node.drain-timeout", usual.DrainTimeout, false, "a duration greater than zero with its unit, such as 5m",
                SettingReader.TryDuration) ?? usual.DrainTimeout,
        };
    }

    private static bool IsName(string text) =>
        text.Length <= 60 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
