using Cairn.Engine.Models;
using Cairn.Engine.Settings;
using Cairn.Engine.Sources;
using static Cairn.Engine.Runs.InitialVariables;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Runs;

/// <summary>The settings of <c>initial</c>, source by source.</summary>
internal static class InitialSettings
{
    private const string TimeHelp = "What the lead times count from, 2000-01-01 by default.";

    private static readonly SettingSection<InitialSpec> All = new("initial", spec => spec.Initial);

    private static readonly Setting<InitialSource> Source = All.Add(
        "source", Word<InitialSource>(), i => i.Source, shapes: Shaping.Numbers, example: "netcdf",
        help: "Where the initial condition comes from: netcdf; npy, a NumPy array a variable; zarr, the output of another run; "
            + "analytic, a flow known by its formula; random, noise; or model, a state that the model can begin from by itself. "
            + "docs/sources.md.");

    /// <summary>One source.</summary>
    private static class NetCdf
    {
        public static readonly SettingSection<InitialSpec> Section = Of(InitialSource.NetCdf);

        public static readonly Setting<string> Path = Section.Add(
            "path", InputFile("a NetCDF file with the initial fields"), i => i.Path, shapes: Shaping.Contents,
            example: "../data/navy-winds-1982-1992.nc", help: "The file.");

        public static readonly Setting<InitialTime?> Time = Section.Add(
            "time", InitialTime.OfFile, i => i.Time, unset: "the only one", shapes: Shaping.Numbers, example: "\"1990-01-16\"",
            help: "Which of the file's times: ISO 8601 text (a bare date takes the one time of that day), or an index from 0. May be "
                + "missing if there is only one; of a file that knows no time it says that of the fields.");

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Named("an object that names the file's variable for each of the model's, such as { u = u10m, v = v10m }"),
            i => i.Variables, shapes: Shaping.Numbers, example: "{ u = u10m, v = v10m }",
            help: "The file's name of each of the model's variables, in channel order.");
    }

    /// <summary>One source.</summary>
    private static class Model
    {
        public static readonly SettingSection<InitialSpec> Section = Of(InitialSource.Model);

        public static readonly Setting<string> Case = Section.Add(
            "case", Text("one of the model's own initial states"), i => i.Case!, unset: "the first of the model's", shapes: Shaping.Numbers,
            example: "sine-waves",
            help: $"Which of the model's states, by default the first of {string.Join("; ", ModelKinds.All.Where(k => k.Cases.Count > 0)
                .Select(k => $"{k.Word}: {string.Join(", ", k.Cases)}"))}.");

        // The digests of older runs have the variables of the model's own state as well.
        public static readonly Setting<InitialTime?> Time = Section.Add(
            "time", InitialTime.Given, i => i.Time, usual: InitialTime.Usual, shapes: Shaping.Numbers, help: TimeHelp, compared: spec =>
            [
                new SpecEntry("initial.time", spec.Initial.Time?.ToString() ?? "the only one"),
                new SpecEntry("initial.variables", SpecText.List([.. spec.Initial.Variables.Select(v => $"{v.Name} = {v.FileVariable}")])),
            ]);
    }

    /// <summary>One source.</summary>
    private static class Npy
    {
        public static readonly SettingSection<InitialSpec> Section = Of(InitialSource.Npy);

        public static readonly Setting<InitialTime?> Time = Section.Add(
            "time", InitialTime.Given, i => i.Time, usual: InitialTime.Usual, shapes: Shaping.Numbers, help: TimeHelp);

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Files(), i => i.Variables, shapes: Shaping.Numbers, example: "{ u = u.npy, v = v.npy }",
            help: "The file of each of the model's variables, in channel order.");
    }

    /// <summary>One source.</summary>
    private static class Zarr
    {
        public static readonly SettingSection<InitialSpec> Section = Of(InitialSource.Zarr);

        public static readonly Setting<string> Path = Section.Add(
            "path", InputStore(), i => i.Path, example: "../out/january-winds/fields.zarr",
            help: "The store; what is read of it is compared on resume.");

        public static readonly Setting<TimeSpan?> LeadTime = Section.Add(
            "lead-time",
            Maybe(Duration(
                "a lead time of the store with its unit, such as 120h, or 0h for its own initial condition", t => t >= TimeSpan.Zero)
                with { Write = t => SpecText.Duration(t) }),
            i => i.LeadTime, unset: "the last committed one", shapes: Shaping.Numbers, example: "120h",
            help: "Which lead time of the store. By default the last that is committed.");

        public static readonly Setting<int> Member = Section.Add(
            "member", Integer("which member of the store", 0), i => i.Member, usual: 0, shapes: Shaping.Numbers,
            help: "Which member of the store.");

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Named("an object that names the store's variable for each of the model's, such as { u = u, v = v }"),
            i => i.Variables, shapes: Shaping.Numbers, example: "{ u = u, v = v }",
            help: "The store's name of each of the model's variables, in channel order.");
    }

    /// <summary>One source.</summary>
    private static class Analytic
    {
        public static readonly SettingSection<InitialSpec> Section = Of(InitialSource.Analytic);

        public static readonly Setting<string> Case = Section.Add(
            "case", Text($"one of {string.Join(", ", AnalyticFlows.Names)}", AnalyticFlows.Names.Contains), i => i.Case!,
            shapes: Shaping.Numbers, example: "zonal-jet", help: "The flow: rossby-haurwitz, solid-body, zonal-jet or rest.");

        public static readonly Setting<InitialTime?> Time = Section.Add(
            "time", InitialTime.Given, i => i.Time, usual: InitialTime.Usual, shapes: Shaping.Numbers, help: TimeHelp);

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Named("an object that names a quantity of the flow for each of the model's variables, such as { u = u, v = v }"),
            i => i.Variables, usual: Given<IReadOnlyList<InitialVariable>>.Of(OfWinds), shapes: Shaping.Numbers,
            help: "The quantity of the flow for each of the model's variables, in channel order.");
    }

    /// <summary>One source.</summary>
    private static class Random
    {
        public static readonly SettingSection<InitialSpec> Section = Of(InitialSource.Random);

        public static readonly Setting<InitialTime?> Time = Section.Add(
            "time", InitialTime.Given, i => i.Time, usual: InitialTime.Usual, shapes: Shaping.Numbers, help: TimeHelp);

        public static readonly Setting<IReadOnlyList<(string Name, RandomFieldSpec Noise)>> Variables = Section.Add(
            "variables", Noise(), i => [.. i.Variables.Zip(i.Noise, (v, n) => (v.Name, n))], shapes: Shaping.Numbers,
            example: "{ u { mean = 10, amplitude = 5, length-scale-km = 1000 } }",
            help: "The noise of each of the model's variables, in channel order: { u { mean = 10, amplitude = 5, length-scale-km = "
                + "1000 } }, by default mean 0, amplitude 1 and no length (every grid point by itself).");

        public static readonly Setting<long> NoiseSeed = Section.Add(
            "seed", Seed, i => i.Seed, usual: 0, shapes: Shaping.Numbers, help: "What the noise is drawn from, a whole number of 64 "
                + "bits.");
    }

    private static readonly GridSettings Grid = new(
        new("initial.grid", spec => spec.Initial.Grid, Source.Is(InitialSource.Npy, InitialSource.Analytic, InitialSource.Random)));

    private static readonly RegridSettings Regrid = new(
        Source.Is([.. Enum.GetValues<InitialSource>().Where(source => source != InitialSource.Model)]));

    /// <summary>All of them, in the order in which they are written.</summary>
    public static IReadOnlyList<SettingSection> Sections { get; } =
    [
        All, NetCdf.Section, Model.Section, Npy.Section, Zarr.Section, Analytic.Section, Random.Section, Grid.Section,
        Regrid.GridSection, Regrid.Section,
    ];

    /// <summary>Reads it for the kind of model that the spec names; null where it names none that is known.</summary>
    public static InitialSpec Read(SettingReader reader, ModelKind? kind)
    {
        // What else is missing depends on the source.
        var none = new InitialSpec(InitialSource.NetCdf, "", null, []);
        return !reader.TryGet(Source, out var source) ? none : source switch
        {
            InitialSource.NetCdf => WithRegrid(reader, new(
                source, reader.Get(NetCdf.Path), reader.Get(NetCdf.Time), reader.Get(NetCdf.Variables))),
            InitialSource.Model => FromModel(reader, kind),
            InitialSource.Npy => OnGrid(reader, new(source, "", reader.Get(Npy.Time), reader.Get(Npy.Variables))),
            InitialSource.Zarr => WithRegrid(reader, new(source, reader.Get(Zarr.Path), null, reader.Get(Zarr.Variables))
            {
                Member = reader.Get(Zarr.Member),
                LeadTime = reader.Get(Zarr.LeadTime),
            }),
            InitialSource.Analytic => OnGrid(reader, OfFlow(reader)),
            _ => OnGrid(reader, OfNoise(reader)),
        };
    }

    private static InitialSpec FromModel(SettingReader reader, ModelKind? kind)
    {
        var names = kind?.Cases ?? [];
        if (kind is not null && names.Count == 0)
        {
            reader.Wrong(Source.Key, reader.Find(Source.Key), $"another source: the {kind.Word} model has no initial state of its own");
        }

        var type = Text($"one of the model's own initial states, {string.Join(", ", names)}", text => kind is null || names.Contains(text));
        var name = reader.Read(Model.Case.Key, type, names.Count > 0 ? names[0] : "");
        var variables = kind?.CaseVariables ?? [];
        return new InitialSpec(
            InitialSource.Model, "", reader.Get(Model.Time), [.. variables.Select(v => new InitialVariable(v, v))]) { Case = name };
    }

    private static InitialSpec OfFlow(SettingReader reader)
    {
        var flow = reader.Get(Analytic.Case);
        var variables = InitialVariables.OfFlow(reader, Analytic.Variables, flow);
        return new InitialSpec(InitialSource.Analytic, "", reader.Get(Analytic.Time), variables) { Case = flow };
    }

    private static InitialSpec OfNoise(SettingReader reader)
    {
        var noise = reader.Get(Random.Variables);
        return new InitialSpec(
            InitialSource.Random, "", reader.Get(Random.Time), [.. noise.Select(n => new InitialVariable(n.Name, ""))])
        {
            Noise = [.. noise.Select(n => n.Noise)],
            Seed = reader.Get(Random.NoiseSeed),
        };
    }

    private static InitialSpec OnGrid(SettingReader reader, InitialSpec spec) => WithRegrid(reader, spec with { Grid = Grid.Read(reader) });

    private static InitialSpec WithRegrid(SettingReader reader, InitialSpec spec) => spec with { Regrid = Regrid.Read(reader) };

    private static SettingSection<InitialSpec> Of(InitialSource source) => new("initial", spec => spec.Initial, Source.Is(source));
}
