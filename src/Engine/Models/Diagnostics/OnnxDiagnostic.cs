using Cairn.Engine.Models.Onnx;

namespace Cairn.Engine.Models.Diagnostics;

/// <summary>A diagnostic given as an ONNX file of one input and one output: <c>[member, variable, latitude, longitude]</c>, as
/// <see cref="OnnxModel"/> takes them. Members are worked out one by one, so that their bits never depend on the batch.</summary>
public sealed class OnnxDiagnostic : IDiagnosticModel
{
    /// <summary>Its kind in a spec.</summary>
    public const string Kind = "onnx";

    private readonly OnnxCall _call;
    private readonly long _channels;

    private OnnxDiagnostic(OnnxCall call, long channels, DiagnosticDescription description) =>
        (_call, _channels, Description) = (call, channels, description);

    public DiagnosticDescription Description { get; }

    /// <summary>Opens the file, checks its tensors, and applies it twice to made-up numbers.</summary>
    /// <exception cref="DataException">There is no such file, or ONNX Runtime cannot use it.</exception>
    /// <exception cref="SpecException">Its tensors do not fit, or it gives two answers to one argument.</exception>
    public static OnnxDiagnostic Open(string path, DiagnosticOptions options)
    {
        var description = Describe(path, options);
        var session = OnnxLibrary.Open(path, options.Device, threads: 1);
        try
        {
            if (session.InputNames.Count != 1 || session.OutputNames.Count != 1)
                throw new SpecException($"'{path}' takes {string.Join(", ", session.InputNames)} and gives "
                    + $"{string.Join(", ", session.OutputNames)}; expected one input and one output, as a diagnostic has.");
            var contract = new OnnxContract(path, new OnnxModelOptions
            {
                Path = path, Mapping = new OnnxMapping([new("", options.Variables)], [new("", options.Outputs)]), Grid = options.Grid,
                Step = TimeSpan.Zero, DType = options.DType, Device = options.Device,
            });
            var (inputs, outputs) = (contract.Inputs(session), contract.Outputs(session));
            var call = new OnnxCall(path, session, options.Device, options.DType, inputs, outputs);
            var diagnostic = new OnnxDiagnostic(call, outputs[0].Channels, description);
            diagnostic.Try(path, options);
            return diagnostic;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>One whose file is left to those that apply it.</summary>
    /// <inheritdoc cref="Open"/>
    internal static IDiagnosticModel OpenElsewhere(string path, DiagnosticOptions options) => new AbsentDiagnostic(Describe(path, options));

    /// <exception cref="StepException">ONNX Runtime failed.</exception>
    public Tensor Diagnose(Tensor fields)
    {
        using var scope = NewDisposeScope();
        var given = Tensors.Plain(fields);
        var made = Tensors.Unwritten(given.dtype, [given.shape[0], _channels, given.shape[2], given.shape[3]], given.device);
        for (var i = 0L; i < given.shape[0]; i++)
            _call.Run([given.narrow(0, i, 1)], [made.narrow(0, i, 1)], 1);
        // Channels after the named ones are left.
        return Tensors.Plain(made.narrow(1, 0, Description.OutputVariables.Count)).MoveToOuterDisposeScope();
    }

    public void Dispose() => _call.Dispose();

    private static DiagnosticDescription Describe(string path, DiagnosticOptions options) =>
        options.Describe(Kind, dependsOnBatch: false, [.. OnnxFile.Digests(path)]);

    private void Try(string path, DiagnosticOptions options)
    {
        using var scope = NewDisposeScope();
        var fields = ScriptTrial.MadeUp(
            [1, options.Variables.Count, options.Grid.Latitudes.Count, options.Grid.Longitudes.Count], options.DType, options.Device);
        if (!Diagnose(fields).HasBitsOf(Diagnose(fields)))
            throw new SpecException($"'{path}' gave two results for one argument; expected a diagnostic without random numbers. Export it "
                + "in evaluation mode (model.eval()), without dropout.");
    }
}
