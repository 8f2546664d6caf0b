using Cairn.Engine.Forcings;

namespace Cairn.Engine.Runs;

/// <summary>The model of a run.</summary>
public sealed record ModelSpec
{
    /// <summary>Which model: the name of its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Time that one step covers; greater than zero.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary><c>float32</c> or <c>float64</c>.</summary>
    public required string DType { get; init; }

    /// <summary>Threads that a step may use; part of the numerics' fingerprint, so the spec fixes it and load never does.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What its kind needs besides, such as <c>ScriptSpec</c>; null for a kind that needs nothing.</summary>
    public object? Own { get; init; }

    /// <summary>
    /// Absolute path of the file that the model is, of several the one that covers a step; null for a kind that is none.
    /// </summary>
    public string? Path => Of<IModelFile>()?.Path;

    /// <summary>What its kind needs besides, if that is of a type; else null.</summary>
    public T? Of<T>()
        where T : class => Own as T;

    /// <summary>What its steps are given besides the state, by time; usually nothing.</summary>
    public IReadOnlyList<ForcingSpec> Forcing { get; init; } = [];

    /// <summary>
    /// Physical bounds by output variable, in the spec's order: a state outside them never becomes a session. Usually empty.
    /// </summary>
    public IReadOnlyList<BoundSpec> Bounds { get; init; } = [];
}

/// <summary>A model that is a file.</summary>
public interface IModelFile
{
    /// <summary>Absolute path of the file.</summary>
    string Path { get; }

    /// <summary>Paths of files beside it that belong to it, by the keys that a resume compares them by; usually none.</summary>
    IEnumerable<SpecEntry> Parts => [];
}

/// <summary>Physical bounds of one output variable, in its own unit, both inclusive.</summary>
public sealed record BoundSpec(string Variable, double Min, double Max);
