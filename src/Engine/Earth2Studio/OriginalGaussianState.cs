using Cairn.Storage.State;
using static TorchSharp.torch;

namespace Cairn.Engine.Earth2Studio;

/// <summary>What Earth2Studio's own gaussian perturbation keeps in a checkpoint.</summary>
[CheckpointState(Id = OriginalGaussianState.Id, EvaluatedAnnotations = true)]
public sealed class OriginalGaussianState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "earth2studio.perturbation.gaussian._GaussianCheckpointState";

    /// <summary>The generator's state as <c>Generator.get_state</c> gives it: <c>uint8</c>; null before the first draw.</summary>
    [CheckpointField(Annotation = "torch.Tensor | None", Default = "None")]
    public Tensor? GeneratorState { get; set; }
}
