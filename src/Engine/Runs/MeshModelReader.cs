using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Processes;

namespace Cairn.Engine.Runs;

/// <summary>Reads what the mesh model takes besides, and writes it again.</summary>
internal static class MeshModelReader
{
    private const string Monthly = "monthly";

    public static MeshSpec Read(SettingReader reader)
    {
        var modules = reader.Names("model.modules");
        SpecChecks.AreAmong(reader, "model.modules", modules, ProcessCatalog.Names, "the modules");
        var parameters = reader.Find("model.mesh.parameters") is null
            ? null
            : SpecPaths.Input(reader, "model.mesh.parameters", "parameters of the triangles, as CHM's JSON");
        return new MeshSpec(
            SpecPaths.Input(reader, "model.mesh.path", "a mesh in CHM's JSON"),
            new WeatherSpec(
                SpecPaths.Input(reader, "model.weather.path", "a record of weather"),
                reader.Word<ForcingFormat>("model.weather.format", ForcingFormat.Chm) ?? default),
            modules ?? ProcessCatalog.Names, Processes(reader))
        {
            Parameters = parameters,
            Point = reader.Find("model.mesh.point") is null
                ? null
                : reader.Integer("model.mesh.point", null, 0, int.MaxValue, "the number of a triangle"),
        };
    }

    public static void AddTo(JsonObject json, MeshSpec mesh)
    {
        var where = new JsonObject { ["path"] = mesh.Path };
        if (mesh.Parameters is { } parameters)
        {
            where["parameters"] = parameters;
        }

        if (mesh.Point is { } point)
        {
            where["point"] = point;
        }

        json["mesh"] = where;
        json["weather"] = new JsonObject
        {
            ["path"] = mesh.Weather.Path,
            ["format"] = SpecText.Word(mesh.Weather.Format),
            ["elevation"] = mesh.Processes.StationElevation,
        };
        json["modules"] = new JsonArray([.. mesh.Modules.Select(module => (JsonNode?)module)]);
        json["lapse-rate"] = mesh.Processes.LapseRate is { } rate ? rate : Monthly;
        json["degree-day-factor"] = mesh.Processes.DegreeDayFactor;
        json["negative-melt-factor"] = mesh.Processes.NegativeMeltFactor;
        json["liquid-water-capacity"] = mesh.Processes.LiquidWaterCapacity;
        json["snow-density"] = mesh.Processes.SnowDensity;
        json["slide-passes"] = mesh.Processes.SlidePasses;
    }

    /// <summary>What must be equal when a run is resumed, besides the contents of its files.</summary>
    public static IEnumerable<SpecEntry> Numerics(MeshSpec mesh) =>
    [
        new("model.mesh.point", mesh.Point is { } point ? point.ToString(CultureInfo.InvariantCulture) : "all"),
        new("model.weather.format", SpecText.Word(mesh.Weather.Format)),
        new("model.weather.elevation", SpecText.Number(mesh.Processes.StationElevation)),
        new("model.modules", SpecText.List(mesh.Modules)),
        new("model.lapse-rate", mesh.Processes.LapseRate is { } rate ? SpecText.Number(rate) : Monthly),
        new("model.degree-day-factor", SpecText.Number(mesh.Processes.DegreeDayFactor)),
        new("model.negative-melt-factor", SpecText.Number(mesh.Processes.NegativeMeltFactor)),
        new("model.liquid-water-capacity", SpecText.Number(mesh.Processes.LiquidWaterCapacity)),
        new("model.snow-density", SpecText.Number(mesh.Processes.SnowDensity)),
        new("model.slide-passes", mesh.Processes.SlidePasses.ToString(CultureInfo.InvariantCulture)),
    ];

    private static ProcessSettings Processes(SettingReader reader)
    {
        var usual = new ProcessSettings(reader.Read("model.weather.elevation", 0.0, true, "the station's elevation in metres, a number",
            (Hocon.Values.HoconScalar scalar, out double value) => scalar.TryDouble(out value) && double.IsFinite(value)));
        double Positive(string key, double fallback, string what) =>
            reader.Number(key, fallback, $"{what}, a number above 0", value => value > 0);
        return usual with
        {
            LapseRate = reader.Read<double?>(
                "model.lapse-rate", null, false, $"kelvin a kilometre, from -20 to 20, or {Monthly}", TryLapse),
            DegreeDayFactor = Positive("model.degree-day-factor", usual.DegreeDayFactor, "melt in mm a day and kelvin"),
            NegativeMeltFactor = Positive("model.negative-melt-factor", usual.NegativeMeltFactor, "melt in mm a day and kelvin"),
            LiquidWaterCapacity = reader.Number("model.liquid-water-capacity", usual.LiquidWaterCapacity,
                "a fraction of the ice, from 0 to 1", value => value is >= 0 and <= 1),
            SnowDensity = Positive("model.snow-density", usual.SnowDensity, "kg a cubic metre"),
            SlidePasses = reader.Integer(
                "model.slide-passes", usual.SlidePasses, 1, 1000, "how many triangles an avalanche crosses a step"),
        };
    }

    private static bool TryLapse(Hocon.Values.HoconScalar scalar, out double? rate)
    {
        rate = null;
        if (scalar.Text == Monthly)
        {
            return true;
        }

        var good = scalar.TryDouble(out var value) && value is >= -20 and <= 20;
        rate = good ? value : null;
        return good;
    }
}
