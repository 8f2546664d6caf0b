using System.Text.Json.Nodes;
using Cairn.Engine.Mesh;
using Cairn.Engine.Models;
using Cairn.Engine.Models.Barotropic;
using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Models.Lorenz96;
using Cairn.Engine.Models.Onnx;
using Cairn.Engine.Models.Python;
using Cairn.Engine.Models.ShallowWater;
using Cairn.Engine.Models.SphericalShallowWater;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

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
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(initial);
        var device = DeviceOf(spec);
        if (device.IsCuda() && device.index >= TorchRuntime.CudaDeviceCount)
        {
            throw new SpecException($"model.device is {spec.Device}, but libtorch {TorchRuntime.Version} sees "
                + $"{TorchRuntime.CudaDeviceCount} CUDA devices here. Use model.device = cpu or auto, "
                + "or look at what cairn doctor says of CUDA.");
        }

        var dtype = DTypes.Parse(spec.DType);
        var bounds = spec.Bounds.ToDictionary(b => b.Variable, b => new FieldBounds(b.Min, b.Max), StringComparer.Ordinal);
        return spec.Kind switch
        {
            ModelKind.Persistence => new PersistenceModel(initial.Variables, initial.Grid, spec.Step, dtype, device, bounds),
            ModelKind.TorchScript => OpenScript(spec, initial, device, dtype, bounds, stepsElsewhere),
            ModelKind.Onnx => OpenOnnx(spec, initial, device, dtype, bounds, stepsElsewhere),
            ModelKind.Python => OpenPython(spec, initial, dtype, bounds, stepsElsewhere, process ?? new ModelProcess()),
            ModelKind.Barotropic => OpenBarotropic(spec, initial, device, dtype, bounds),
            ModelKind.ShallowWater => OpenShallowWater(spec, initial, device, dtype, bounds),
            ModelKind.SphericalShallowWater => OpenSphericalShallowWater(spec, initial, device, dtype, bounds),
            ModelKind.Lorenz96 => OpenLorenz96(spec, initial, device, dtype, bounds),
            ModelKind.Mesh => OpenMesh(spec, initial, bounds),
            _ => throw new SpecException($"model.kind {spec.Kind} is not known here. Use one of "
                + $"{string.Join(", ", Enum.GetValues<ModelKind>().Select(k => SpecText.Word(k)))}."),
        };
    }

    /// <summary>
    /// For models with kernels in C# <c>auto</c> means the CPU, where they can be cut for ranks; mesh models have nothing else, nor have
    /// Python's. For ONNX files it does too where ONNX Runtime comes without CUDA.
    /// </summary>
    private static Device DeviceOf(ModelSpec spec)
    {
        var staysOnHost = spec.Kind is ModelKind.ShallowWater or ModelKind.Lorenz96 or ModelKind.Mesh or ModelKind.Python
            || (spec.Kind == ModelKind.Onnx && !OnnxLibrary.HasCuda);
        var device = staysOnHost && spec.Device == "auto" ? CPU : Devices.Parse(spec.Device);
        if (spec.Kind == ModelKind.Python && device.IsCuda())
        {
            throw new SpecException($"model.device is {spec.Device}, but states of a Python model are in the CPU's memory. Use "
                + "model.device = cpu or auto; the class may take a GPU by itself (model.arguments { device = \"cuda:0\" }).");
        }

        return spec.Kind is not ModelKind.Mesh || !device.IsCuda()
            ? device
            : throw new SpecException($"model.device is {spec.Device}, but the {SpecText.Word(spec.Kind)} model steps on the CPU only. "
                + "Use model.device = cpu or auto.");
    }

    private static ShallowWaterModel OpenShallowWater(
        ModelSpec spec, InitialCondition initial, Device device, ScalarType dtype, Dictionary<string, FieldBounds> bounds)
    {
        var settings = spec.ShallowWater!;
        return new ShallowWaterModel(new ShallowWaterOptions
        {
            Plane = settings.Plane,
            Scheme = settings.Scheme,
            Step = spec.Step,
            Filter = settings.Filter,
            DType = dtype,
            Device = device,
            Bounds = bounds,
            Grid = initial.Grid,
        });
    }

    private static Lorenz96Model OpenLorenz96(
        ModelSpec spec, InitialCondition initial, Device device, ScalarType dtype, Dictionary<string, FieldBounds> bounds)
    {
        var settings = spec.Lorenz96!;
        return new Lorenz96Model(new Lorenz96Options
        {
            Size = settings.Size,
            Forcing = settings.Forcing,
            Step = spec.Step,
            DType = dtype,
            Device = device,
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

    private static IPrognosticModel OpenScript(
        ModelSpec spec, InitialCondition initial, Device device, ScalarType dtype, Dictionary<string, FieldBounds> bounds,
        bool stepsElsewhere)
    {
        var script = spec.Script!;
        var options = new ScriptModelOptions
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
            Stochastic = script.Stochastic,
        };
        return stepsElsewhere && ScriptFile.DigestOfArchive(script.Path) is { } digest
            ? new AbsentModel(ScriptModel.Describe(options, digest))
            : ScriptModel.Open(options);
    }

    private static IPrognosticModel OpenOnnx(
        ModelSpec spec, InitialCondition initial, Device device, ScalarType dtype, Dictionary<string, FieldBounds> bounds,
        bool stepsElsewhere)
    {
        var onnx = spec.Onnx!;
        var options = new OnnxModelOptions
        {
            Path = onnx.Path,
            Mapping = onnx.Mapping,
            Grid = initial.Grid,
            Step = spec.Step,
            DType = dtype,
            Device = device,
            Threads = spec.Threads,
            Members = onnx.Members,
            Bounds = bounds,
        };
        if (stepsElsewhere)
        {
            return new AbsentModel(OnnxModel.Describe(options));
        }

        using var one = initial.ToTensor(onnx.Mapping.State);
        using var fields = one.unsqueeze(0);
        return OnnxModel.Open(options, fields);
    }

    private static IPrognosticModel OpenPython(
        ModelSpec spec, InitialCondition initial, ScalarType dtype, Dictionary<string, FieldBounds> bounds, bool stepsElsewhere,
        ModelProcess process)
    {
        var python = spec.Python!;
        var options = new PythonModelOptions
        {
            Class = python.Class,
            Folders = python.Folders,
            Interpreter = python.Interpreter,
            Arguments = JsonNode.Parse(python.Arguments)!.AsObject(),
            InputVariables = python.Variables,
            OutputVariables = python.Outputs,
            Grid = initial.Grid,
            InitialTime = initial.Time,
            Step = spec.Step,
            DType = dtype,
            Threads = spec.Threads,
            Memory = python.Memory,
            Bounds = bounds,
            Process = process,
        };
        if (stepsElsewhere)
        {
            return new AbsentModel(PythonModel.Describe(options));
        }

        using var one = initial.ToTensor(python.Variables);
        using var fields = one.unsqueeze(0);
        return PythonModel.Open(options, fields);
    }

    private static BarotropicModel OpenBarotropic(
        ModelSpec spec, InitialCondition initial, Device device, ScalarType dtype, Dictionary<string, FieldBounds> bounds)
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
        ModelSpec spec, InitialCondition initial, Device device, ScalarType dtype, Dictionary<string, FieldBounds> bounds)
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
