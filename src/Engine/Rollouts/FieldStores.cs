namespace Cairn.Engine.Rollouts;

/// <summary>Opens the field store that a spec asks for.</summary>
internal static class FieldStores
{
    /// <summary>What the models here give, described as CF describes it.</summary>
    private static readonly Dictionary<string, FieldVariable> Known = new FieldVariable[]
    {
        new("vorticity", "s-1", "relative vorticity", "atmosphere_relative_vorticity"),
        new("u", "m s-1", "eastward wind", "eastward_wind"),
        new("v", "m s-1", "northward wind", "northward_wind"),
        new("h", "m", "height of the free surface"),
        new("divergence", "s-1", "divergence of wind", "divergence_of_wind"),
        new("p", "m2 s-2", "geopotential of the free surface"),
        new("x", "1", "variable of the Lorenz 1996 model"),
        new("swe", "kg m-2", "snow water equivalent", "surface_snow_amount"),
        new("liquid_water", "kg m-2", "liquid water in the snow", "liquid_water_content_of_surface_snow"),
        new("cold_content", "J m-2", "heat that would bring the snow to 0 degrees Celsius"),
        new("runoff", "kg m-2", "runoff since the start", "runoff_amount") { OverTime = TimeMethod.Sum },
        new("precipitation", "kg m-2", "precipitation since the start", "precipitation_amount") { OverTime = TimeMethod.Sum },
        new("kinetic_energy", "m2 s-2", "kinetic energy per unit mass", "specific_kinetic_energy_of_air"),
        new("streamfunction", "m2 s-1", "streamfunction", "atmosphere_horizontal_streamfunction"),
    }.ToDictionary(v => v.Name, v => v with { OverTime = v.OverTime ?? TimeMethod.Point });

    /// <summary>What the store of a run holds.</summary>
    public static FieldLayout Layout(RunSpec spec, BoundarySchedule schedule, OutputPlan output, Analyses analyses)
    {
        var initial = analyses.At(TimeSpan.Zero);
        var layout = new FieldLayout
        {
            Members = spec.Ensemble.Size,
            Time = analyses.Times[0],
            LaterTimes = [.. analyses.Times.Skip(1)],
            LeadTimes = [.. Enumerable.Range(0, schedule.OutputCount).Select(i => schedule.LeadTime(i * schedule.OutputEvery))],
            GridNames = spec.Output.CoordinateNames == CoordinateNames.Short ? GridNames.Short : GridNames.Cf,
            Latitude = output.Latitudes,
            Longitude = output.Longitudes,
            OnPlane = output.Unit == GridUnit.Metres,
            Mesh = output.Mesh,
            Variables = [.. output.Variables.Select(name => Describe(name, initial, spec.Output))],
            LeadTimesPerChunk = spec.Output.Store.LeadTimesPerChunk,
            LeadTimesPerShard = schedule.LeadTimesPerFile,
        };
        return spec.Output.WritesFields ? FieldStoreKinds.Of(spec.Output).Complete(layout, spec.Output.Store) : layout;
    }

    /// <summary>Refuses what <see cref="Open"/> would, and touches nothing.</summary>
    /// <inheritdoc cref="Open"/>
    public static void Require(RunSpec spec, RunOptions options, FieldLayout layout)
    {
        if (spec.Output.WritesFields)
            FieldStoreKinds.Of(spec.Output).Require(Request(spec, options, layout));
    }

    /// <summary>Opens or makes the store; sweeps what a killed process left unfinished in it.</summary>
    public static IFieldStore Open(RunSpec spec, RunOptions options, FieldLayout layout)
    {
        var store = Attach(spec, options, layout);
        store.SweepLeftovers();
        return store;
    }

    /// <summary>Opens the store beside the process that holds the run, whose unfinished files are not to be swept.</summary>
    /// <inheritdoc cref="Open"/>
    public static IFieldStore Attach(RunSpec spec, RunOptions options, FieldLayout layout)
    {
        if (!spec.Output.WritesFields)
            return new NullFieldStore(layout);
        var (kind, request) = (FieldStoreKinds.Of(spec.Output), Request(spec, options, layout));
        var store = kind.Open(request);
        return kind.IsStore(request.Path, request.Files.FileExists) ? store : throw new SpecException(
            $"The field store {kind.Word} opened {request.Path} and left none of the files that mark a store of its kind: "
            + $"{string.Join(", ", kind.Marks)}. Expected one of them once it is open; no command would find the store.");
    }

    private static FieldStoreRequest Request(RunSpec spec, RunOptions options, FieldLayout layout) =>
        new(options.FilesOf(spec), spec.Output.Path!, layout, spec.Output.Store);

    /// <summary>A variable under its usual description; else with the unit that the spec or the input variable of that name has.</summary>
    private static FieldVariable Describe(string name, InitialCondition initial, OutputSpec output)
    {
        var variable = Known.GetValueOrDefault(name) ?? new FieldVariable(name);
        return variable with
        {
            Units = output.Units.FirstOrDefault(u => u.Key == name)?.Value ?? initial.Units.GetValueOrDefault(name) ?? variable.Units,
            KeepBits = output.KeepBits.FirstOrDefault(k => k.Variable == name)?.Bits,
        };
    }
}
