using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Processes;
using Cairn.Engine.Mesh.Reading;

namespace Cairn.Engine.Mesh;

/// <summary>What a mesh model needs.</summary>
/// <param name="Path">Absolute path of the mesh.</param>
/// <param name="Weather">The forcing.</param>
/// <param name="Modules">Names of the modules.</param>
/// <param name="Processes">The options of the modules.</param>
public sealed record MeshSpec(string Path, WeatherSpec Weather, IReadOnlyList<string> Modules, ProcessSettings Processes)
{
    /// <summary>Absolute path of the triangles' parameters, or null for none.</summary>
    public string? Parameters { get; init; }

    /// <summary>The number of the one triangle of point mode, or null for the whole mesh.</summary>
    public int? Point { get; init; }
}

/// <summary>A record of weather.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Format">Its form.</param>
public sealed record WeatherSpec(string Path, ForcingFormat Format);

/// <summary>Process modules over a triangle mesh, driven by weather.</summary>
internal sealed class MeshKind() : ModelKind<MeshSpec>(Name, "process modules on triangles")
{
    /// <summary>Its word, which settings elsewhere belong to.</summary>
    public const string Name = "mesh";

    public override IReadOnlyList<SettingSection> Sections => [MeshSettings.Section];
    public override bool StaysOnHost => true;
    public override bool CanBeCut => true;
    public override string AgainstCuda => "the mesh model steps on the CPU only. Use model.device = cpu or auto.";

    /// <summary>The one state that it begins with by itself: that of its modules, no snow.</summary>
    public override IReadOnlyList<string> Cases => ["bare-ground"];

    protected override MeshSpec ReadOwn(SettingReader reader, InitialSpec initial) => MeshSettings.Read(reader);

    protected override IPrognosticModel Create(ModelRequest request, MeshSpec own)
    {
        if (request.Spec.DType != "float64")
            throw new SpecException(
                $"model.dtype is {request.Spec.DType}, but the mesh model steps in float64 only. Use model.dtype = float64.");
        var model = Open(request.Spec, request.Initial.Time, request.Bounds);
        if (model.Description.InputGrid.Equals(request.Initial.Grid))
            return model;
        using (model)
        {
            throw new SpecException($"The initial condition has a grid of {request.Initial.Grid} points, which is not the mesh "
                + $"{own.Path} of {model.Mesh.Count} triangles. Use initial.source = model.");
        }
    }

    /// <summary>What the modules begin with.</summary>
    protected override InitialCondition ReadCase(ModelSpec model, MeshSpec own, string name, CfTime time)
    {
        using var made = Open(model, time, new Dictionary<string, FieldBounds>());
        return Case(made.Description.InputVariables, made.Description.InputGrid, made.InitialFields, time);
    }

    public static MeshModel Open(ModelSpec spec, CfTime time, IReadOnlyDictionary<string, FieldBounds> bounds)
    {
        var own = spec.Of<MeshSpec>()!;
        var mesh = MeshReader.Read(own.Path, own.Parameters);
        return new MeshModel(new MeshOptions
        {
            Mesh = own.Point is { } point ? mesh.Point(point) : mesh,
            Forcing = ForcingReader.Read(own.Weather.Path, own.Weather.Format),
            Modules = () => ProcessCatalog.Make(own.Modules, own.Processes),
            InitialTime = time.ToDateTime(),
            Step = spec.Step,
            Bounds = bounds,
        });
    }
}

/// <summary>The settings of <c>model</c> for the mesh model.</summary>
internal static class MeshSettings
{
    private static readonly ProcessSettings Usual = new(0);

    public static readonly SettingSection<MeshSpec> Section = new(
        "model", spec => spec.Model.Of<MeshSpec>(), ModelSettings.Kind.Is(MeshKind.Name));

    private static readonly Setting<string> MeshPath = Section.Add(
        "mesh.path", InputFile("a mesh in CHM's JSON"), m => m.Path, shapes: Shaping.Contents, example: "../data/chm/granger1m.mesh",
        help: "The mesh, in CHM's JSON.");

    private static readonly Setting<string?> Parameters = Section.Add(
        "mesh.parameters", MaybeInputFile("parameters of the triangles, as CHM's JSON"), m => m.Parameters, unset: "none",
        shapes: Shaping.Contents, example: "../data/chm/granger1m.param", help: "Parameters of its triangles, in CHM's JSON. By "
            + "default none.");

    private static readonly Setting<int?> Point = Section.Add(
        "mesh.point", Maybe(Integer("the number of a triangle", 0)), m => m.Point, unset: "all", shapes: Shaping.Numbers, example: "0",
        help: "The number of the only triangle to step (point mode). By default all are stepped.");

    private static readonly Setting<string> WeatherPath = Section.Add(
        "weather.path", InputFile("a record of weather"), m => m.Weather.Path, shapes: Shaping.Contents,
        example: "../data/chm/tvc_9697_met.txt", help: "The record of a weather station; model.step is the interval of its rows.");

    private static readonly Setting<ForcingFormat> WeatherFormat = Section.Add(
        "weather.format", Word<ForcingFormat>(), m => m.Weather.Format, usual: ForcingFormat.Chm, shapes: Shaping.Numbers,
        help: "Its format, chm (names and values between tabs) or trail-valley.");

    private static readonly Setting<double> Elevation = Section.Add(
        "weather.elevation", Number("the station's elevation in metres, a number"), m => m.Processes.StationElevation, unit: "m",
        shapes: Shaping.Numbers, example: "1420", help: "The station's elevation.");

    private static readonly Setting<IReadOnlyList<string>?> Modules = Section.Add(
        "modules", Names, m => m.Modules, unset: "all that there are", shapes: Shaping.Numbers,
        example: SpecText.List(ProcessCatalog.Names),
        help: "The modules, sorted by their dependencies. By default all of them, as here.");

    private static readonly Setting<double?> LapseRate = Section.Add(
        "lapse-rate",
        Or("monthly", Number("kelvin", v => v is >= -20 and <= 20), "kelvin a kilometre, from -20 to 20, or monthly"),
        m => m.Processes.LapseRate, usual: null, unit: "K/km", shapes: Shaping.Numbers,
        help: "How much the air temperature falls with height, or monthly for the mean of the month.");

    private static readonly Setting<double> DegreeDayFactor = Section.Add(
        "degree-day-factor", Positive("melt in mm a day and kelvin"), m => m.Processes.DegreeDayFactor, usual: Usual.DegreeDayFactor,
        unit: "mm/(d K)", shapes: Shaping.Numbers, help: "The melt per day and degree of air temperature above 0 °C.");

    private static readonly Setting<double> NegativeMeltFactor = Section.Add(
        "negative-melt-factor", Positive("melt in mm a day and kelvin"), m => m.Processes.NegativeMeltFactor,
        usual: Usual.NegativeMeltFactor, unit: "mm/(d K)", shapes: Shaping.Numbers,
        help: "The heat that snow loses per day and degree of air temperature below 0 °C, as the melt equivalent of that heat.");

    private static readonly Setting<double> LiquidWaterCapacity = Section.Add(
        "liquid-water-capacity", Number("a fraction of the ice, from 0 to 1", v => v is >= 0 and <= 1),
        m => m.Processes.LiquidWaterCapacity, usual: Usual.LiquidWaterCapacity, shapes: Shaping.Numbers,
        help: "The liquid water that snow holds, as a fraction of its ice, from 0 to 1.");

    private static readonly Setting<double> SnowDensity = Section.Add(
        "snow-density", Positive("kg a cubic metre"), m => m.Processes.SnowDensity, usual: Usual.SnowDensity, unit: "kg/m3",
        shapes: Shaping.Numbers, help: "The density of settled snow, which determines how much of it a slope holds.");

    private static readonly Setting<int> SlidePasses = Section.Add(
        "slide-passes", Integer("how many triangles an avalanche crosses a step", 1, 1000), m => m.Processes.SlidePasses,
        usual: Usual.SlidePasses, shapes: Shaping.Numbers, help: "The most triangles that an avalanche crosses in one step.");

    public static MeshSpec Read(SettingReader reader)
    {
        var modules = reader.Get(Modules);
        SpecChecks.AreAmong(reader, Modules.Key, modules, ProcessCatalog.Names, "the modules");
        var weather = new WeatherSpec(reader.Get(WeatherPath), reader.Get(WeatherFormat));
        return new MeshSpec(reader.Get(MeshPath), weather, modules ?? ProcessCatalog.Names, Processes(reader))
        {
            Parameters = reader.Get(Parameters),
            Point = reader.Get(Point),
        };
    }

    private static ProcessSettings Processes(SettingReader reader) => new(reader.Get(Elevation))
    {
        LapseRate = reader.Get(LapseRate),
        DegreeDayFactor = reader.Get(DegreeDayFactor),
        NegativeMeltFactor = reader.Get(NegativeMeltFactor),
        LiquidWaterCapacity = reader.Get(LiquidWaterCapacity),
        SnowDensity = reader.Get(SnowDensity),
        SlidePasses = reader.Get(SlidePasses),
    };

    private static SettingType<double> Positive(string what) => Number($"{what}, a number above 0", value => value > 0);
}
