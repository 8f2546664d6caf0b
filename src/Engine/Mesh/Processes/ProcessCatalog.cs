using Cairn.Engine.Mesh.Modules;

namespace Cairn.Engine.Mesh.Processes;

/// <summary>The modules that a spec can name (<c>model.modules</c>).</summary>
public static class ProcessCatalog
{
    private static readonly Dictionary<string, Func<ProcessSettings, IModule>> Makers = new(StringComparer.Ordinal)
    {
        ["air-temperature"] = settings => new AirTemperature(settings.StationElevation, settings.LapseRate),
        ["relative-humidity"] = settings => new RelativeHumidity(settings.StationElevation),
        ["precipitation-phase"] = _ => new PrecipitationPhase(),
        ["snowpack"] = settings =>
            new SnowPack(settings.DegreeDayFactor, settings.NegativeMeltFactor, settings.LiquidWaterCapacity),
        ["terrain-wind"] = _ => new TerrainWind(),
        ["snow-drift"] = _ => new SnowDrift(),
        ["snow-slide"] = settings => new SnowSlide(settings.SnowDensity, settings.SlidePasses),
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Makers.Keys];

    /// <summary>New modules.</summary>
    /// <exception cref="SpecException">There is none of a name.</exception>
    public static IReadOnlyList<IModule> Make(IEnumerable<string> names, ProcessSettings settings) =>
        [.. names.Select(name => Makers.TryGetValue(name, out var make)
            ? make(settings)
            : throw new SpecException($"There is no module {name}; expected one of {string.Join(", ", Names)}."))];
}

/// <summary>The options of the modules.</summary>
/// <param name="StationElevation">Elevation of the weather station, in m.</param>
public sealed record ProcessSettings(double StationElevation)
{
    /// <summary>Kelvin by which a kilometre upward is colder, or null for that of the month.</summary>
    public double? LapseRate { get; init; }

    /// <summary>Melt in mm a day and K.</summary>
    public double DegreeDayFactor { get; init; } = 3;

    /// <summary>Heat that the snow loses below 0 °C, as the melt in mm a day and K that it would give.</summary>
    public double NegativeMeltFactor { get; init; } = 0.5;

    /// <summary>Liquid water that ice holds, as a fraction of its mass.</summary>
    public double LiquidWaterCapacity { get; init; } = 0.05;

    /// <summary>Of settled snow, in kg/m³.</summary>
    public double SnowDensity { get; init; } = 300;

    /// <summary>How many triangles an avalanche runs across in one step at most.</summary>
    public int SlidePasses { get; init; } = 4;
}
