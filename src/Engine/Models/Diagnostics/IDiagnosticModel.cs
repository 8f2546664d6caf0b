using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Diagnostics;

/// <summary>
/// Derives fields from fields of the same moment: what is applied to a model's output at each boundary, beside which its own output is
/// written. It has no memory; member <c>i</c> of the result depends on member <c>i</c> of the argument alone.
/// </summary>
/// <remarks>
/// The argument is never modified and never kept; the returned tensor is new, and the caller disposes it. Failures of the diagnostic's own
/// code are <see cref="StepException"/>.
/// </remarks>
public interface IDiagnosticModel : IDisposable
{
    DiagnosticDescription Description { get; }

    /// <summary>
    /// <c>[batch, input variable, latitude, longitude]</c> to <c>[batch, output variable, latitude, longitude]</c>, of the same element
    /// type and on the same device.
    /// </summary>
    Tensor Diagnose(Tensor fields);
}
