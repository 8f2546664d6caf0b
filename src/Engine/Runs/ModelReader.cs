using System.Text.RegularExpressions;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>model</c>.</summary>
internal static partial class ModelReader
{
    public static ModelSpec Read(SettingReader reader, InitialSpec initial)
    {
        var kind = reader.Word<ModelKind>("model.kind", null);
        return new ModelSpec
        {
            Kind = kind ?? ModelKind.Persistence,
            Step = reader.Duration("model.step", "30m") ?? TimeSpan.Zero,
            Device = reader.Text("model.device", "auto", false, "auto, cpu, cuda or cuda:N", DevicePattern().IsMatch),
            DType = reader.Text("model.dtype", DefaultDType(kind), false, "float32 or float64", t => t is "float32" or "float64"),
            Threads = reader.Integer("model.threads", 1, 1, 1024, "how many threads a step may use"),
            Script = kind == ModelKind.TorchScript ? Script(reader, initial) : null,
            Onnx = kind == ModelKind.Onnx ? OnnxModelReader.Read(reader, initial) : null,
            Python = kind == ModelKind.Python ? PythonModelReader.Read(reader, initial) : null,
            ShallowWater = kind == ModelKind.ShallowWater ? BuiltInModelReader.ShallowWater(reader) : null,
            Lorenz96 = kind == ModelKind.Lorenz96 ? BuiltInModelReader.Lorenz96(reader) : null,
            Mesh = kind == ModelKind.Mesh ? MeshModelReader.Read(reader) : null,
            Barotropic = kind == ModelKind.Barotropic ? SpectralModelReader.Barotropic(reader) : null,
            SphericalShallowWater = kind == ModelKind.SphericalShallowWater ? SpectralModelReader.ShallowWater(reader) : null,
            Bounds = Bounds(reader, "model.bounds"),
        };
    }

    /// <summary>The kind of model, or null where it is missing or wrong, which is noted by <see cref="Read"/>.</summary>
    public static ModelKind? Kind(SettingReader reader)
    {
        var word = (reader.Find("model.kind") as HoconScalar)?.Text;
        return Enum.GetValues<ModelKind>().Cast<ModelKind?>().FirstOrDefault(kind => SpecText.Word(kind!) == word);
    }

    /// <summary>The model's output variables, or null when only the model itself can tell.</summary>
    public static IReadOnlyList<string>? Outputs(ModelSpec model, InitialSpec initial) => model.Kind switch
    {
        ModelKind.TorchScript => model.Script?.Outputs,
        ModelKind.Onnx => model.Onnx?.Mapping.Fields,
        ModelKind.Python => model.Python?.Outputs,
        ModelKind.Persistence => initial.VariableNames,
        _ => null,
    };

    private static string DefaultDType(ModelKind? kind) =>
        kind is null or ModelKind.Persistence or ModelKind.TorchScript or ModelKind.Onnx or ModelKind.Python
            ? "float32" : "float64";

    private static ScriptSpec Script(SettingReader reader, InitialSpec initial)
    {
        var path = SpecPaths.Input(reader, "model.path", "a TorchScript archive or source file");
        var variables = reader.Names("model.variables");
        SpecChecks.AreAmong(reader, "model.variables", variables, initial.VariableNames, "initial.variables");
        variables ??= initial.VariableNames;
        return new ScriptSpec(path, variables, reader.Names("model.outputs") ?? variables, IsStochastic(reader));
    }

    private static bool IsStochastic(SettingReader reader) => reader.Read("model.stochastic", false, false, "true or false",
        (HoconScalar scalar, out bool value) => bool.TryParse(scalar.Text, out value));

    /// <summary>Bounds by variable, at a key.</summary>
    public static IReadOnlyList<BoundSpec> Bounds(SettingReader reader, string key)
    {
        var bounds = new List<BoundSpec>();
        if (reader.Find(key) is not { } value)
        {
            return bounds;
        }

        if (value is not HoconObject map)
        {
            reader.Wrong(key, value, "an object of bounds by variable, such as { u = [-200, 200] }");
            return bounds;
        }

        foreach (var variable in map.Keys)
        {
            const string expected = "[min, max], two numbers with min below max";
            var pair = reader.Pair($"{key}.{variable}", map[variable], expected, (min, max) => min < max);
            if (pair is { } good)
            {
                bounds.Add(new BoundSpec(variable, good.First, good.Second));
            }
        }

        return bounds;
    }

    [GeneratedRegex(@"\A(auto|cpu|cuda(:(0|[1-9][0-9]{0,2}))?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex DevicePattern();
}
