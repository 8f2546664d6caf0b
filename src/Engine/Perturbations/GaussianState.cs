using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Engine.Perturbations;

/// <summary>The generators of a gaussian perturbation, as checkpoints keep them.</summary>
[CheckpointState(Id = "cairn.GaussianState")]
public sealed class GaussianState
{
    /// <summary>
    /// Per member (six digits), the generator's state: a <c>uint8</c> array as PyTorch's <c>Generator.get_state</c> gives it.
    /// </summary>
    public Dictionary<string, NdArray> Generators { get; set; } = [];
}
