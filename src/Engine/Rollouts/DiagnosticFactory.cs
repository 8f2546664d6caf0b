using Cairn.Engine.Models;
using Cairn.Engine.Models.Diagnostics;
using Cairn.Engine.Runs;

namespace Cairn.Engine.Rollouts;

/// <summary>Makes the diagnostics that a spec names.</summary>
public static class DiagnosticFactory
{
    /// <summary>The model with its diagnostics behind it; the model itself where there are none.</summary>
    /// <param name="specs">The diagnostics.</param>
    /// <param name="model">The model.</param>
    /// <param name="stepsElsewhere">Whether weights are left in their files: what comes then only describes itself.</param>
    /// <exception cref="SpecException">A diagnostic does not go with the model. The model is not disposed.</exception>
    /// <exception cref="DataException">A diagnostic's file cannot be used.</exception>
    public static IPrognosticModel Attach(
        IReadOnlyList<DiagnosticSpec> specs, IPrognosticModel model, bool stepsElsewhere = false)
    {
        ArgumentNullException.ThrowIfNull(specs);
        ArgumentNullException.ThrowIfNull(model);
        if (specs.Count == 0)
        {
            return model;
        }

        var made = new List<IDiagnosticModel>();
        try
        {
            foreach (var spec in specs)
            {
                made.Add(Create(spec, model.Description, stepsElsewhere));
            }
        }
        catch
        {
            made.ForEach(d => d.Dispose());
            throw;
        }

        return new DiagnosedModel(model, made);
    }

    /// <summary>One diagnostic on the grid of a model's output.</summary>
    /// <exception cref="SpecException">It cannot be worked out there.</exception>
    /// <exception cref="DataException">Its file cannot be used.</exception>
    public static IDiagnosticModel Create(DiagnosticSpec spec, ModelDescription model, bool stepsElsewhere = false)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(model);
        var options = new DiagnosticOptions
        {
            Variables = spec.Variables,
            Outputs = spec.Outputs,
            Grid = model.OutputGrid,
            DType = model.DType,
            Device = model.Device,
            Bounds = spec.Bounds.ToDictionary(b => b.Variable, b => new FieldBounds(b.Min, b.Max), StringComparer.Ordinal),
        };
        return spec.Kind switch
        {
            DiagnosticKind.TorchScript when stepsElsewhere => ScriptDiagnostic.OpenElsewhere(spec.Path!, options),
            DiagnosticKind.TorchScript => ScriptDiagnostic.Open(spec.Path!, options),
            DiagnosticKind.Onnx when stepsElsewhere => OnnxDiagnostic.OpenElsewhere(spec.Path!, options),
            DiagnosticKind.Onnx => OnnxDiagnostic.Open(spec.Path!, options),
            DiagnosticKind.Winds => new RotationalWinds(options, spec.Truncation),
            DiagnosticKind.KineticEnergy => new KineticEnergy(options),
            _ => throw new SpecException($"The diagnostic {spec.Kind} is unknown. Use torchscript, onnx, winds or kinetic-energy."),
        };
    }
}
