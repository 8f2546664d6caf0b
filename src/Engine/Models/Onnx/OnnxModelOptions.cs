namespace Cairn.Engine.Models.Onnx;

/// <summary>What an ONNX file does not say of itself.</summary>
public sealed record OnnxModelOptions
{
    /// <summary>The file; weights that it keeps outside of itself lie beside it.</summary>
    public required string Path { get; init; }

    /// <summary>What its tensors are.</summary>
    public required OnnxMapping Mapping { get; init; }

    /// <summary>Grid of the initial fields, and of all others.</summary>
    public required LatLonGrid Grid { get; init; }

    /// <summary>What one call covers.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>The time of the initial fields, which forcing is counted from.</summary>
    public CfTime? InitialTime { get; init; }

    /// <summary>What the mapping's forcing is; null where there is none.</summary>
    internal ForcingFields? Forcing { get; init; }

    /// <summary>Element type of fields and state: that of the file's tensors.</summary>
    public ScalarType DType { get; init; } = ScalarType.Float32;

    public Device Device { get; init; } = CPU;

    /// <summary>Threads that one call may use; part of the numerics.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether the members of a batch share a call.</summary>
    public OnnxMembers Members { get; init; } = OnnxMembers.Alone;

    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();
}
