using Cairn.Engine.Mesh;
using Cairn.Engine.Models;
using Cairn.Engine.Models.Barotropic;
using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Models.Lorenz96;
using Cairn.Engine.Models.ShallowWater;
using Cairn.Engine.Models.SphericalShallowWater;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Rollouts;

/// <summary>Makes the model that a spec names.</summary>
public static class ModelFactory
{
    /// <summary>Loads or builds the model for an initial condition's grid.</summary>
    /// <exception cref="SpecException">The model cannot run there: no such device, a grid that it cannot represent, a variable that it
    /// lacks.</exception>
    /// <exception cref="DataException">The model's file cannot be used.</exception>
    public static IPrognosticModel Create(ModelSpec spec, InitialCondition initial)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(initial);
        var device = DeviceOf(spec);
        if (device.IsCuda && device.Index >= TorchRuntime.CudaDeviceCount)
        {
            throw new SpecException($"model.device is {spec.Device}, but libtorch {TorchRuntime.Version} sees "
                + $"{TorchRuntime.CudaDeviceCount} CUDA devices here. Use model.device = cpu or auto, "
                + "or look at what cairn doctor says of CUDA.");
        }

        var dtype = TorchDTypes.Parse(spec.DType);
        var bounds = spec.Bounds.ToDictionary(b => b.Variable, b => new FieldBounds(b.Min, b.Max), StringComparer.Ordinal);
        return spec.Kind switch
        {
            ModelKind.Persistence => new PersistenceModel(initial.Variables, initial.Grid, spec.Step, dtype, device, bounds),
            ModelKind.TorchScript => OpenScript(spec, initial, device, dtype, bounds),
            ModelKind.Barotropic => OpenBarotropic(spec, initial, device, dtype, bounds),
            ModelKind.ShallowWater => OpenShallowWater(spec, initial, dtype, bounds),
            ModelKind.SphericalShallowWater => OpenSphericalShallowWater(spec, initial, device, dtype, bounds),
            ModelKind.Lorenz96 => OpenLorenz96(spec, initial, dtype, bounds),
            ModelKind.Mesh => OpenMesh(spec, initial, bounds),
            _ => throw new SpecException($"model.kind {spec.Kind} is not known here. Use one of "
                + $"{string.Join(", ", Enum.GetValues<ModelKind>().Select(k => SpecText.Word(k)))}."),
        };
    }

    /// <summary>Models whose arithmetic is C# step on the CPU: <c>auto</c> means that, and any other device is refused.</summary>
    private static TorchDevice DeviceOf(ModelSpec spec)
    {
        if (spec.Kind is not (ModelKind.ShallowWater or ModelKind.Lorenz96 or ModelKind.Mesh))
        {
            return TorchDevice.Parse(spec.Device);
        }

        return spec.Device is "auto" or "cpu"
            ? TorchDevice.Cpu
            : throw new SpecException($"model.device is {spec.Device}, but the {SpecText.Word(spec.Kind)} model steps on the CPU only. "
                + "Use model.device = cpu or auto.");
    }

    private static ShallowWaterModel OpenShallowWater(
        ModelSpec spec, InitialCondition initial, TorchDType dtype, Dictionary<string, FieldBounds> bounds)
    {
        var settings = spec.ShallowWater!;
        return new ShallowWaterModel(new ShallowWaterOptions
        {
            Plane = settings.Plane,
            Scheme = settings.Scheme,
            Step = spec.Step,
            Filter = settings.Filter,
            DType = dtype,
            Bounds = bounds,
            Grid = initial.Grid,
        });
    }

    private static Lorenz96Model OpenLorenz96(
        ModelSpec spec, InitialCondition initial, TorchDType dtype, Dictionary<string, FieldBounds> bounds)
    {
        var settings = spec.Lorenz96!;
        return new Lorenz96Model(new Lorenz96Options
        {
            Size = settings.Size,
            Forcing = settings.Forcing,
            Step = spec.Step,
            DType = dtype,
            Bounds = bounds,
            Grid = initial.Grid,
        });
    }

    private static MeshModel OpenMesh(ModelSpec spec, InitialCondition initial, Dictionary<string, FieldBounds> bounds)
    {
        if (spec.DType != "float64")
        {
            throw new SpecException($"model.dtype is {spec.DType}, but the mesh model steps in float64 only. Use model.dtype = float64.");
        }

        var model = MeshFactory.Create(spec, initial.Time, bounds);
        if (model.Description.InputGrid.Equals(initial.Grid))
        {
            return model;
        }

        using (model)
        {
            throw new SpecException($"The initial condition has a grid of {initial.Grid} points, which is not the mesh "
                + $"{spec.Mesh!.Path} of {model.Mesh.Count} triangles. Use initial.source = model.");
        }
    }

    private static ScriptModel OpenScript(
        ModelSpec spec, InitialCondition initial, TorchDevice device, TorchDType dtype, Dictionary<string, FieldBounds> bounds)
    {
        var script = spec.Script!;
        return ScriptModel.Open(new ScriptModelOptions
        {
            Path = script.Path,
            InputVariables = script.Variables,
            OutputVariables = script.Outputs,
            InputGrid = initial.Grid,
            InitialTime = initial.Time,
            Step = spec.Step,
            DType = dtype,
            Device = device,
            Bounds = bounds,
        });
    }

    private static BarotropicModel OpenBarotropic(
        ModelSpec spec, InitialCondition initial, TorchDevice device, TorchDType dtype, Dictionary<string, FieldBounds> bounds)
    {
        var settings = spec.Barotropic!;
        return new BarotropicModel(new BarotropicOptions
        {
            Grid = initial.Grid,
            Truncation = settings.Truncation,
            Step = spec.Step,
            DType = dtype,
            Device = device,
            Hyperdiffusion = Damping(settings),
            Bounds = bounds,
        });
    }

    private static SphericalShallowWaterModel OpenSphericalShallowWater(
        ModelSpec spec, InitialCondition initial, TorchDevice device, TorchDType dtype, Dictionary<string, FieldBounds> bounds)
    {
        var settings = spec.SphericalShallowWater!;
        return new SphericalShallowWaterModel(new SphericalShallowWaterOptions
        {
            Grid = initial.Grid,
            Truncation = settings.Truncation,
            Step = spec.Step,
            DType = dtype,
            Device = device,
            Hyperdiffusion = Damping(settings),
            HeightGiven = initial.Variables.Contains("h", StringComparer.Ordinal),
            MeanHeight = settings.MeanHeight,
            Tilt = settings.Tilt,
            Bounds = bounds,
        });
    }

    private static Hyperdiffusion? Damping(SpectralSpec settings) =>
        settings.DiffusionTimeScale is { } scale ? new Hyperdiffusion(settings.DiffusionOrder, scale) : null;
}
