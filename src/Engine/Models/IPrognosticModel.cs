using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models;

/// <summary>
/// A model that steps a batch of members. State and fields have the member axis first, and member <c>i</c> of a result depends on member
/// <c>i</c> of the argument alone.
/// </summary>
/// <remarks>
/// Arguments are never modified and never kept; every returned tensor is new, and the caller disposes it. A step runs in a dispose scope:
/// what it makes and does not return goes with it; a tensor that is made in a step and kept for the next is detached from the scope
/// (<c>DetachFromDisposeScope</c>). A model is used by one thread at a time. Failures of the model's own code are
/// <see cref="StepException"/>.
/// </remarks>
public interface IPrognosticModel : IDisposable
{
    ModelDescription Description { get; }

    /// <summary>
    /// Makes a state from fields of shape <c>[batch, input variable, latitude, longitude]</c>; the state has shape <c>[batch, ...]</c>.
    /// </summary>
    Tensor Initialize(Tensor fields);

    /// <summary>Advances a state by <see cref="ModelDescription.Step"/>, keeping its shape, element type and device.</summary>
    Tensor Step(Tensor state);

    /// <summary>The output fields of a state: <c>[batch, output variable, latitude, longitude]</c>.</summary>
    Tensor Fields(Tensor state);
}
