using Cairn.Engine.Models.Python;

namespace Cairn.Engine.Rollouts;

/// <summary>Makes the model that a spec names.</summary>
public static class ModelFactory
{
    /// <summary>Loads or builds the model for an initial condition's grid.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="initial">The initial condition.</param>
    /// <param name="stepsElsewhere">Whether weights are left in their file: what comes then can be asked for its description alone.</param>
    /// <param name="process">How a process is watched that the model is stepped by; as anyone would by default.</param>
    /// <exception cref="SpecException">The model cannot run there: no such device, a grid that it cannot represent, a variable that it
    /// lacks.</exception>
    /// <exception cref="DataException">The model's file cannot be used.</exception>
    public static IPrognosticModel Create(
        ModelSpec spec, InitialCondition initial, bool stepsElsewhere = false, ModelProcess? process = null)
    {
        var device = DeviceOf(spec);
        if (device.IsCuda() && device.index >= TorchRuntime.CudaDeviceCount)
            throw new SpecException($"model.device is {spec.Device}, but libtorch {TorchRuntime.Version} sees "
                + $"{TorchRuntime.CudaDeviceCount} CUDA devices here. Use model.device = cpu or auto, "
                + "or check the output of cairn doctor for CUDA.");
        var dtype = DTypes.Parse(spec.DType);
        return ModelKinds.Of(spec).Create(
            new ModelRequest(spec, initial, device, dtype, BoundsOf(spec.Bounds), stepsElsewhere, process ?? new ModelProcess())
            {
                Forcing = ForcingFields.Of(spec, initial.Grid, dtype, device),
            });
    }

    internal static IReadOnlyDictionary<string, FieldBounds> BoundsOf(IReadOnlyList<BoundSpec> bounds) =>
        bounds.ToDictionary(b => b.Variable, b => new FieldBounds(b.Min, b.Max));

    /// <summary>For models with kernels in C# <c>auto</c> means the CPU, where they can be cut for ranks; mesh models have nothing else,
    /// nor have Python's. For ONNX files it does too where ONNX Runtime comes without CUDA.</summary>
    private static Device DeviceOf(ModelSpec spec)
    {
        var kind = ModelKinds.Of(spec);
        var device = kind.StaysOnHost && spec.Device == "auto" ? CPU : Devices.Parse(spec.Device);
        return device.IsCuda() && kind.AgainstCuda is { } why
            ? throw new SpecException($"model.device is {spec.Device}, but {why}")
            : device;
    }
}

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
        if (specs.Count == 0)
            return model;
        var made = new List<IDiagnosticModel>();
        try
        {
            foreach (var spec in specs)
                made.Add(Create(spec, model.Description, stepsElsewhere));
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
        var options = new DiagnosticOptions
        {
            Variables = spec.Variables,
            Outputs = spec.Outputs,
            Grid = model.OutputGrid,
            DType = model.DType,
            Device = model.Device,
            Bounds = ModelFactory.BoundsOf(spec.Bounds),
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
