using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Diagnostics;

/// <summary>
/// A diagnostic given as TorchScript: <c>forward(self, x: Tensor) -> Tensor</c>, which is what <c>torch.jit.script</c> makes of any module;
/// <c>x</c> is <c>[batch, input variable, latitude, longitude]</c>, the result <c>[batch, output variable, latitude, longitude]</c>.
/// </summary>
/// <remarks>A module that assigns its own attributes is refused: what it remembers would be lost with the process.</remarks>
public sealed class ScriptDiagnostic : IDiagnosticModel
{
    /// <summary>Its kind in a spec.</summary>
    public const string Kind = "torchscript";

    private const string Method = "forward";
    private readonly ScriptModule _module;

    private ScriptDiagnostic(ScriptModule module, DiagnosticDescription description)
    {
        _module = module;
        Description = description;
    }

    public DiagnosticDescription Description { get; }

    /// <summary>Opens an archive (<c>.pt</c>) or source text, and checks its method.</summary>
    /// <exception cref="DataException">There is no such file, or it is neither an archive nor text.</exception>
    /// <exception cref="SpecException">The text does not compile, or the method is missing, has another signature or keeps state of its
    /// own.</exception>
    public static ScriptDiagnostic Open(string path, DiagnosticOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (module, numerics) = ScriptFile.Open(path, options.Device, "the path of the diagnostic");
        try
        {
            if (!module.HasMethod(Method))
            {
                throw new SpecException($"'{module.Name}' has no method '{Method}'; found {string.Join(", ", module.Methods)}; expected "
                    + $"{Method}(self, x: Tensor) -> Tensor, as a diagnostic has.");
            }

            ScriptContract.Require(module, Method);
            module.To(options.Device, options.DType);
            // Matrix products and convolutions block by batch size: true is the safe answer.
            return new ScriptDiagnostic(module, options.Describe(Kind, dependsOnBatch: true, numerics));
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="StepException"><c>forward</c> raised an error.</exception>
    public Tensor Diagnose(Tensor fields)
    {
        try
        {
            return _module.Call(Method, fields);
        }
        catch (TorchException e)
        {
            throw new StepException($"Method '{Method}' of '{_module.Name}' failed on {fields}: {e.Message}", e);
        }
    }

    public void Dispose() => _module.Dispose();
}
