using Cairn.Storage.State;
using static TorchSharp.torch;

namespace Cairn.Engine.Earth2Studio;

/// <summary>
/// What Earth2Studio's models with a plain state keep in a checkpoint: the last fields with their coordinates. Its other models keep
/// nothing, or what only they can read.
/// </summary>
public abstract class OriginalForecastState
{
    private protected OriginalForecastState()
    {
    }

    /// <summary><c>[batch, lead_time, variable, latitude, longitude]</c>; null before the first step.</summary>
    [CheckpointField(Annotation = "torch.Tensor | None", Default = "None")]
    public Tensor? X { get; set; }

    /// <summary>The names of the dimensions.</summary>
    [CheckpointField(Annotation = "tuple[str, ...]", Default = "()")]
    public PayloadTuple CoordKeys { get; set; } = new();

    /// <summary>An array of coordinates for each dimension.</summary>
    [CheckpointField(Annotation = "tuple[np.ndarray, ...]", Default = "()")]
    public PayloadTuple CoordValues { get; set; } = new();
}

/// <summary>What Earth2Studio's own persistence model keeps in a checkpoint.</summary>
[CheckpointState(Id = OriginalPersistenceState.Id, EvaluatedAnnotations = true)]
public sealed class OriginalPersistenceState : OriginalForecastState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "earth2studio.models.px.persistence._PersistenceCheckpointState";
}

/// <summary>What Earth2Studio's own FourCastNet (<c>FCN</c>) keeps in a checkpoint.</summary>
[CheckpointState(Id = OriginalFcnState.Id, EvaluatedAnnotations = true)]
public sealed class OriginalFcnState : OriginalForecastState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "earth2studio.models.px.fcn._FCNCheckpointState";
}
