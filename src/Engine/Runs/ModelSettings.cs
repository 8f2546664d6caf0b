namespace Cairn.Engine.Runs;

/// <summary>The settings of <c>model</c> that every kind has.</summary>
internal static partial class ModelSettings
{
    /// <summary>Bounds by variable.</summary>
    public static readonly SettingType<IReadOnlyList<BoundSpec>> Bounds = new(
        "object", "an object of bounds by variable, such as { u = [-200, 200] }", TryBounds,
        bounds => new JsonObject(bounds.Select(b => KeyValuePair.Create(b.Variable, (JsonNode?)new JsonArray(b.Min, b.Max)))))
    {
        Entries = BySortedKey,
    };

    private static readonly SettingSection<ModelSpec> Section = new("model", spec => spec.Model);

    public static readonly Setting<string> Kind = Section.Add(
        "kind", LoadedExtensions.KindWord(ModelKinds.All.Select(kind => kind.Word)),
        m => m.Kind, shapes: Shaping.Numbers, example: "barotropic",
        help: $"The kind of model: {string.Join(", ", ModelKinds.All.Select(kind => $"{kind.Word} ({kind.What})"))}. docs/models.md "
            + "describes them.");

    public static readonly Setting<TimeSpan> Step = Section.Add(
        "step", Duration("30m"), m => m.Step, shapes: Shaping.Numbers, example: "30m", help: "The time that one step covers.");

    private static readonly Setting<string> Device = Section.Add(
        "device", Text("auto, cpu, cuda or cuda:N", DevicePattern().IsMatch), m => m.Device, usual: "auto", shapes: Shaping.Fingerprint,
        help: "The device: auto, cpu, cuda or cuda:N. auto is a GPU if there is one, but the CPU for shallow-water and lorenz96, whose "
            + "kernels run there. mesh steps on the CPU only, and the states of python are there.");

    private static readonly Setting<string> DType = Section.Add(
        "dtype", Text("float32 or float64", t => t is "float32" or "float64"), m => m.DType, shapes: Shaping.Numbers,
        unset: "float32 or float64, by the kind", example: "float64",
        help: $"Type of the state's numbers, float32 or float64; by default float32 for {Words("float32")}, else float64.");

    private static readonly Setting<int> Threads = Section.Add(
        "threads", Integer("how many threads a step may use", 1, 1024), m => m.Threads, usual: 1, shapes: Shaping.Fingerprint,
        help: "How many threads a step may use. It is part of the numerics: the same bytes need the same number of threads.");

    /// <summary>What comes after the settings of the kinds.</summary>
    private static readonly SettingSection<ModelSpec> Closing = new("model", spec => spec.Model);

    private static readonly Setting<IReadOnlyList<BoundSpec>> BoundsOfOutputs = Closing.Add(
        "bounds", Bounds, m => m.Bounds, usual: Given.Of<IReadOnlyList<BoundSpec>>([]), shapes: Shaping.Numbers,
        help: "Physical bounds, [min, max] by output variable: a state outside them never becomes a session.");

    private static readonly SettingSection<ModelSpec> Forced = new(
        "model", spec => spec.Model, Kind.Is([.. ModelKinds.All.Where(kind => kind.TakesForcing).Select(kind => kind.Word)]));

    public static readonly Setting<IReadOnlyList<ForcingSpec>> Forcing = Forced.Add(
        "forcing", ForcingSettings.Type, m => m.Forcing, usual: Given.Of<IReadOnlyList<ForcingSpec>>([]), shapes: Shaping.Numbers,
        ifUnusual: true, example: "{ sun = cos-zenith, sst { path = ../data/sst.nc, times = linear, missing = 271.35 } }",
        help: "Inputs of each step by name, such as { sun = cos-zenith, sst { path = sst.nc, times = linear } }, which its time tells "
            + "and no state holds. Either a quantity: cos-zenith, daylight (the same, 0 at night), insolation (W/m2), sin-year, cos-year, "
            + "sin-day, cos-day. Or read: path, of a NetCDF file or, by source = zarr, "
            + "of a field store (member); variable, by default the name; times, how a step finds its own: exact (the default), nearest, "
            + "linear, yearly (a climatology) or constant; missing, a number in place of missing values. at = 6h is that long after the "
            + "time that the step begins at.");

    /// <summary>All settings of <c>model</c>, in the order in which they are written.</summary>
    public static IEnumerable<SettingSection> Sections() =>
        [Section, .. ModelKinds.All.SelectMany(kind => kind.Sections).Distinct(), Forced, Closing];

    public static ModelSpec Read(SettingReader reader, InitialSpec initial)
    {
        var kind = KindOf(reader);
        return new ModelSpec
        {
            Kind = kind?.Word ?? ModelKinds.All[0].Word,
            Step = reader.Get(Step),
            Device = reader.Get(Device),
            DType = reader.Get(DType, kind?.DType ?? ModelKinds.All[0].DType),
            Threads = reader.Get(Threads),
            Own = kind?.Read(reader, initial),
            Forcing = kind?.TakesForcing == true ? ReadForcing(reader, initial) : [],
            Bounds = reader.Get(BoundsOfOutputs),
        };
    }

    /// <summary>The kind of model, or null where it is missing or wrong.</summary>
    public static ModelKind? KindOf(SettingReader reader) =>
        reader.TryGet(Kind, out var word) ? ModelKinds.All.First(kind => kind.Word == word) : null;

    /// <summary>What is read goes to the grid of the initial condition in the same way.</summary>
    private static IReadOnlyList<ForcingSpec> ReadForcing(SettingReader reader, InitialSpec initial)
    {
        var forcing = reader.Get(Forcing);
        foreach (var twice in forcing.Where(f => initial.VariableNames.Contains(f.Name, StringComparer.Ordinal)))
            reader.Wrong(twice.Key, reader.Find(Forcing.Key), $"{twice.Name}, which is in initial.variables too", "a name of its own");
        return [.. forcing.Select(f => f.Source is null ? f : f with { Source = f.Source with { Regrid = initial.Regrid } })];
    }

    private static string Words(string dtype) =>
        string.Join(", ", ModelKinds.All.Where(kind => kind.DType == dtype).Select(kind => kind.Word));

    private static bool TryBounds(SettingReader reader, string key, HoconValue value, out IReadOnlyList<BoundSpec> bounds)
    {
        var read = new List<BoundSpec>();
        bounds = read;
        foreach (var variable in (value as HoconObject)?.Keys ?? [])
        {
            const string expected = "[min, max], two numbers with min below max";
            if (Pair(reader, $"{key}.{variable}", ((HoconObject)value)[variable], expected, (min, max) => min < max) is { } good)
                read.Add(new BoundSpec(variable, good.First, good.Second));
        }
        return value is HoconObject;
    }

    [GeneratedRegex(@"\A(auto|cpu|cuda(:(0|[1-9][0-9]{0,2}))?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex DevicePattern();
}

/// <summary>The model of a run.</summary>
public sealed record ModelSpec
{
    /// <summary>Which model: the name of its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Time that one step covers; greater than zero.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary><c>float32</c> or <c>float64</c>.</summary>
    public required string DType { get; init; }

    /// <summary>Threads that a step may use; part of the numerics' fingerprint, so the spec fixes it and load never does.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What its kind needs besides, such as <c>ScriptSpec</c>; null for a kind that needs nothing.</summary>
    public object? Own { get; init; }

    /// <summary>Absolute path of the file that the model is, of several the one that covers a step; null for a kind that is none.</summary>
    public string? Path => Of<IModelFile>()?.Path;

    /// <summary>What its kind needs besides, if that is of a type; else null.</summary>
    public T? Of<T>()
        where T : class => Own as T;

    /// <summary>What its steps are given besides the state, by time; usually nothing.</summary>
    public IReadOnlyList<ForcingSpec> Forcing { get; init; } = [];

    /// <summary>Physical bounds by output variable, in the spec's order: a state outside them never becomes a session. Usually
    /// empty.</summary>
    public IReadOnlyList<BoundSpec> Bounds { get; init; } = [];
}

/// <summary>A model that is a file.</summary>
public interface IModelFile
{
    /// <summary>Absolute path of the file.</summary>
    string Path { get; }

    /// <summary>Paths of files beside it that belong to it, by the keys that a resume compares them by; usually none.</summary>
    IEnumerable<SpecEntry> Parts => [];
}

/// <summary>Physical bounds of one output variable, in its own unit, both inclusive.</summary>
public sealed record BoundSpec(string Variable, double Min, double Max);
