using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;

namespace Cairn.Engine.Rollouts;

/// <summary>Opens the field store that a spec asks for.</summary>
internal static class FieldStores
{
    /// <summary>What the models here give, described as CF describes it.</summary>
    private static readonly Dictionary<string, FieldVariable> Known = new(StringComparer.Ordinal)
    {
        ["vorticity"] = new("vorticity", "s-1", "relative vorticity", "atmosphere_relative_vorticity"),
        ["u"] = new("u", "m s-1", "eastward wind", "eastward_wind"),
        ["v"] = new("v", "m s-1", "northward wind", "northward_wind"),
        ["h"] = new("h", "m", "height of the free surface"),
        ["divergence"] = new("divergence", "s-1", "divergence of wind", "divergence_of_wind"),
        ["p"] = new("p", "m2 s-2", "geopotential of the free surface"),
        ["x"] = new("x", "1", "variable of the Lorenz 1996 model"),
        ["swe"] = new("swe", "kg m-2", "snow water equivalent", "surface_snow_amount"),
        ["liquid_water"] = new("liquid_water", "kg m-2", "liquid water in the snow", "liquid_water_content_of_surface_snow"),
        ["cold_content"] = new("cold_content", "J m-2", "heat that would bring the snow to 0 degrees Celsius"),
        ["runoff"] = new("runoff", "kg m-2", "runoff since the start", "runoff_amount"),
        ["precipitation"] = new("precipitation", "kg m-2", "precipitation since the start", "precipitation_amount"),
        ["kinetic_energy"] = new("kinetic_energy", "m2 s-2", "kinetic energy per unit mass", "specific_kinetic_energy_of_air"),
        ["streamfunction"] = new("streamfunction", "m2 s-1", "streamfunction", "atmosphere_horizontal_streamfunction"),
    };

    /// <summary>
    /// .NET's zlib at level 1 spends 9 bits on most bytes of noisy floats (0.96 of their size, at 68 MB/s, of the winds of January 1990);
    /// higher levels than this one bring no more (0.84, at 47 MB/s).
    /// </summary>
    private const int ZlibLevel = 4;

    /// <summary>What the store of a run holds.</summary>
    public static FieldLayout Layout(RunSpec spec, BoundarySchedule schedule, OutputPlan output, InitialCondition initial) => new()
    {
        Members = spec.Ensemble.Size,
        Time = initial.Time,
        LeadTimes = [.. Enumerable.Range(0, schedule.OutputCount).Select(i => schedule.LeadTime(i * schedule.OutputEvery))],
        Latitude = output.Latitudes,
        Longitude = output.Longitudes,
        OnPlane = output.Unit == GridUnit.Metres,
        Mesh = output.Mesh,
        Variables = [.. output.Variables.Select(name => Describe(name, initial))],
        LeadTimesPerChunk = schedule.LeadTimesPerChunk,
        CompressionLevel = spec.Output.Compression == OutputCompression.Zlib ? ZlibLevel : 0,
    };

    /// <summary>Opens or makes the store; sweeps what a killed process left unfinished in it.</summary>
    /// <exception cref="SpecException">The store on disk has another layout.</exception>
    public static IFieldStore Open(RunSpec spec, RunOptions options, FieldLayout layout)
    {
        var store = Attach(spec, options, layout);
        Sweep(store);
        return store;
    }

    /// <summary>Removes what killed processes left unfinished; only while nobody writes.</summary>
    public static void Sweep(IFieldStore store) => (store as ZarrFieldStore)?.SweepLeftovers();

    /// <summary>Opens the store beside the process that holds the run, whose unfinished files are not to be swept.</summary>
    /// <inheritdoc cref="Open"/>
    public static IFieldStore Attach(RunSpec spec, RunOptions options, FieldLayout layout)
    {
        if (spec.Output.Kind == OutputKind.None)
        {
            return new NullFieldStore(layout);
        }

        var full = spec.Checkpoint.Durability == CheckpointDurability.Full;
        return ZarrFieldStore.Open(full ? options.Files : new NoSyncFiles(options.Files), spec.Output.Path!, layout);
    }

    /// <summary>A variable under its usual description; else with the unit of the input variable of that name.</summary>
    private static FieldVariable Describe(string name, InitialCondition initial) =>
        initial.Units.TryGetValue(name, out var units) && units is not null
            ? (Known.GetValueOrDefault(name) ?? new FieldVariable(name)) with { Units = units }
            : Known.GetValueOrDefault(name) ?? new FieldVariable(name);
}
