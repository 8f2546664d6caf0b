namespace Cairn.Engine.Models.Diagnostics;

/// <summary>A diagnostic given as TorchScript: <c>forward(x: Tensor) -> Tensor</c> in source text, or the method of that name of an
/// archive, which is what <c>torch.jit.script</c> makes of any module; <c>x</c> is <c>[batch, input variable, latitude, longitude]</c>, the
/// result <c>[batch, output variable, latitude, longitude]</c>.</summary>
/// <remarks>A module that remembers, draws random numbers or changes its argument is refused; see <see cref="ScriptTrial"/>.</remarks>
public sealed class ScriptDiagnostic : IDiagnosticModel
{
    /// <summary>Its kind in a spec.</summary>
    public const string Kind = "torchscript";

    private const string Method = "forward";
    private const string Setting = "the path of the diagnostic";
    private readonly Script _module;

    private ScriptDiagnostic(Script module, DiagnosticDescription description)
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
        var (module, numerics) = ScriptFile.Open(path, options.Device, Setting);
        try
        {
            if (!module.HasMethod(Method))
                throw new SpecException($"'{module.Name}' has no method '{Method}'; found {string.Join(", ", module.Methods)}; expected "
                    + $"{Method}(x: Tensor) -> Tensor, as a diagnostic has.");
            ScriptContract.Require(module, Method);
            module.To(options.Device, options.DType);
            var diagnostic = new ScriptDiagnostic(module, Describe(options, numerics));
            diagnostic.Try(options);
            return diagnostic;
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>One whose archive is left to those that apply it; a text holds no weights, and is opened.</summary>
    /// <inheritdoc cref="Open"/>
    internal static IDiagnosticModel OpenElsewhere(string path, DiagnosticOptions options) =>
        ScriptFile.DigestOfArchive(path, Setting) is { } digest ? new AbsentDiagnostic(Describe(options, digest)) : Open(path, options);

    /// <summary>Matrix products and convolutions block by batch size: that its bits depend on it is the safe answer.</summary>
    private static DiagnosticDescription Describe(DiagnosticOptions options, string numerics) =>
        options.Describe(Kind, dependsOnBatch: true, numerics);

    /// <exception cref="StepException"><c>forward</c> raised an error.</exception>
    public Tensor Diagnose(Tensor fields)
    {
        try
        {
            return _module.Call(Method, fields);
        }
        catch (TorchException e)
        {
            throw new StepException($"Method '{Method}' of '{_module.Name}' failed on {fields.Layout()}: {e.Message}", e);
        }
    }

    public void Dispose() => _module.Dispose();

    private void Try(DiagnosticOptions options)
    {
        using var fields = ScriptTrial.MadeUp(
            [1, options.Variables.Count, options.Grid.Latitudes.Count, options.Grid.Longitudes.Count], options.DType, options.Device);
        new ScriptTrial(_module).Of(Method, () => Diagnose(fields), fields).Dispose();
    }
}
