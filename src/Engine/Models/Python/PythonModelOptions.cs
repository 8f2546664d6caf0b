namespace Cairn.Engine.Models.Python;

/// <summary>What a Python class does not say of itself.</summary>
public sealed record PythonModelOptions
{
    /// <summary>Module and class, such as <c>my_package.my_module:MyModel</c>.</summary>
    public required string Class { get; init; }

    /// <summary>Absolute folders to find its module in, before those that the interpreter knows.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>The interpreter: a path, or a name in <c>PATH</c>.</summary>
    public string Interpreter { get; init; } = "python3";

    /// <summary>Keyword arguments of the class.</summary>
    public JsonObject Arguments { get; init; } = [];

    /// <summary>Variables of the initial fields, in the order of their axis.</summary>
    public required IReadOnlyList<string> InputVariables { get; init; }

    /// <summary>Variables of what <c>fields</c> returns, in the order of their axis.</summary>
    public required IReadOnlyList<string> OutputVariables { get; init; }

    /// <summary>Grid of the initial fields, and of all others.</summary>
    public required LatLonGrid Grid { get; init; }

    /// <summary>What one step covers.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>The time of the initial fields; null where it is not known.</summary>
    public CfTime? InitialTime { get; init; }

    /// <summary>What steps are given besides the state; null where that is nothing.</summary>
    internal ForcingFields? Forcing { get; init; }

    /// <summary>Element type of fields and state.</summary>
    public ScalarType DType { get; init; } = ScalarType.Float32;

    /// <summary>Threads that numpy's libraries may use; part of the numerics.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The memory that the process may take besides states and fields, in bytes; null for no limit.</summary>
    public long? Memory { get; init; }

    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();

    /// <summary>How its process is watched.</summary>
    public ModelProcess Process { get; init; } = new();
}

/// <summary>How a process is watched that a model is stepped by.</summary>
public sealed record ModelProcess
{
    /// <summary>The longest that a call may take, the loading of the model included; then the process is killed.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Receives each line that the process prints.</summary>
    public Action<string> Said { get; init; } = static _ => { };

    /// <summary>The clock of the deadline.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
