namespace Cairn.Engine.Models;

/// <summary>What a TorchScript file does not say of itself.</summary>
public sealed record ScriptModelOptions
{
    /// <summary>An archive written by <c>torch.jit.save</c>, or TorchScript source text.</summary>
    public required string Path { get; init; }

    /// <summary>Variables of the initial fields, in channel order.</summary>
    public required IReadOnlyList<string> InputVariables { get; init; }

    /// <summary>Variables of what <c>fields()</c> returns, in channel order.</summary>
    public required IReadOnlyList<string> OutputVariables { get; init; }

    public required LatLonGrid InputGrid { get; init; }

    /// <summary>Grid of the output fields; the input grid when not given.</summary>
    public LatLonGrid? OutputGrid { get; init; }

    public required TimeSpan Step { get; init; }

    /// <summary>The time of the initial fields, given to an <c>init</c> that asks for it, and what forcing is counted from.</summary>
    public CfTime? InitialTime { get; init; }

    /// <summary>What steps are given besides the state; null where that is nothing.</summary>
    internal ForcingFields? Forcing { get; init; }

    /// <summary>Element type of fields and state; the archive's floating-point weights are converted to it.</summary>
    public ScalarType DType { get; init; } = ScalarType.Float32;

    public Device Device { get; init; } = CPU;
    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();

    /// <summary>Whether the model draws random numbers. Then each member is stepped alone, with libtorch's generator seeded from the run's
    /// seed, the member and the step, so that nothing of it has to be stored. A model that draws without this is refused.</summary>
    public bool Stochastic { get; init; }

    /// <summary>Whether a member's bits may depend on how the ensemble is cut. Matrix products and convolutions block by batch size, so
    /// that true is the safe answer; false is for models whose author knows better.</summary>
    public bool DependsOnBatch { get; init; } = true;
}
