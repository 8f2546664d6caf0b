using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Processes;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Mesh;

/// <summary>The settings of <c>model</c> for the mesh model.</summary>
internal static class MeshSettings
{
    private static readonly ProcessSettings Usual = new(0);

    public static readonly SettingSection<MeshSpec> Section = new("model", spec => spec.Model.Mesh, ModelSettings.Kind.Is(ModelKind.Mesh));

    private static readonly Setting<string> MeshPath = Section.Add(
        "mesh.path", InputFile("a mesh in CHM's JSON"), m => m.Path, shapes: Shaping.Contents, example: "../data/chm/granger1m.mesh",
        help: "The mesh, in CHM's JSON.");

    private static readonly Setting<string?> Parameters = Section.Add(
        "mesh.parameters", MaybeInputFile("parameters of the triangles, as CHM's JSON"), m => m.Parameters, unset: "none",
        shapes: Shaping.Contents, example: "../data/chm/granger1m.param", help: "Parameters of its triangles, in CHM's JSON. By "
            + "default none.");

    private static readonly Setting<int?> Point = Section.Add(
        "mesh.point", Maybe(Integer("the number of a triangle", 0)), m => m.Point, unset: "all", shapes: Shaping.Numbers, example: "0",
        help: "The number of the one triangle that is stepped (point mode). By default all are.");

    private static readonly Setting<string> WeatherPath = Section.Add(
        "weather.path", InputFile("a record of weather"), m => m.Weather.Path, shapes: Shaping.Contents,
        example: "../data/chm/tvc_9697_met.txt", help: "What a weather station saw; model.step is the interval of its rows.");

    private static readonly Setting<ForcingFormat> WeatherFormat = Section.Add(
        "weather.format", Word<ForcingFormat>(), m => m.Weather.Format, usual: ForcingFormat.Chm, shapes: Shaping.Numbers,
        help: "Its form, chm (names and values between tabs) or trail-valley.");

    private static readonly Setting<double> Elevation = Section.Add(
        "weather.elevation", Number("the station's elevation in metres, a number"), m => m.Processes.StationElevation, unit: "m",
        shapes: Shaping.Numbers, example: "1420", help: "The station's elevation.");

    private static readonly Setting<IReadOnlyList<string>?> Modules = Section.Add(
        "modules", Names, m => m.Modules, unset: "all that there are", shapes: Shaping.Numbers,
        example: SpecText.List(ProcessCatalog.Names),
        help: "The modules, which are put in order by what they need of each other. By default all that there are, as here.");

    private static readonly Setting<double?> LapseRate = Section.Add(
        "lapse-rate",
        Or("monthly", Number("kelvin", v => v is >= -20 and <= 20), "kelvin a kilometre, from -20 to 20, or monthly"),
        m => m.Processes.LapseRate, usual: null, unit: "K/km", shapes: Shaping.Numbers,
        help: "How much colder air is further up, or monthly for the mean of the month.");

    private static readonly Setting<double> DegreeDayFactor = Section.Add(
        "degree-day-factor", Positive("melt in mm a day and kelvin"), m => m.Processes.DegreeDayFactor, usual: Usual.DegreeDayFactor,
        unit: "mm/(d K)", shapes: Shaping.Numbers, help: "What air above 0 °C melts.");

    private static readonly Setting<double> NegativeMeltFactor = Section.Add(
        "negative-melt-factor", Positive("melt in mm a day and kelvin"), m => m.Processes.NegativeMeltFactor,
        usual: Usual.NegativeMeltFactor, unit: "mm/(d K)", shapes: Shaping.Numbers,
        help: "What snow loses to air below 0 °C, as the melt that the same heat would give.");

    private static readonly Setting<double> LiquidWaterCapacity = Section.Add(
        "liquid-water-capacity", Number("a fraction of the ice, from 0 to 1", v => v is >= 0 and <= 1),
        m => m.Processes.LiquidWaterCapacity, usual: Usual.LiquidWaterCapacity, shapes: Shaping.Numbers,
        help: "The liquid water that snow holds, as a fraction of its ice, from 0 to 1.");

    private static readonly Setting<double> SnowDensity = Section.Add(
        "snow-density", Positive("kg a cubic metre"), m => m.Processes.SnowDensity, usual: Usual.SnowDensity, unit: "kg/m3",
        shapes: Shaping.Numbers, help: "The density of settled snow, which tells how much of it a slope holds.");

    private static readonly Setting<int> SlidePasses = Section.Add(
        "slide-passes", Integer("how many triangles an avalanche crosses a step", 1, 1000), m => m.Processes.SlidePasses,
        usual: Usual.SlidePasses, shapes: Shaping.Numbers, help: "How many triangles an avalanche runs across in one step at most.");

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
