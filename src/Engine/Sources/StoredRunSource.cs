using static Cairn.Engine.Sources.InitialVariables;

namespace Cairn.Engine.Sources;

/// <summary>The fields that another run wrote, at any of its committed lead times.</summary>
internal sealed class StoredRunSource() : SourceKind(Name, "the output of another run")
{
    /// <summary>Its word, whatever kind of store the run has written.</summary>
    public const string Name = "zarr";

    public override bool HasTimes => true;
    public override bool IsFolder => true;
    public override SettingSection Section => Settings.Section;

    public override InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        var (path, times, leadTime) = (reader.Get(Settings.Path), reader.Get(Settings.Times), reader.Get(Settings.LeadTime));
        if (times.First is not null && leadTime is not null)
        {
            var key = Settings.LeadTime.Key;
            reader.Wrong(key, reader.Find(key), "none with initial.time, which is the valid time of the fields");
        }
        return new InitialSpec(Word, path, times.First, reader.Get(Settings.Variables))
        {
            LaterTimes = times.Later,
            Member = reader.Get(Settings.Member),
            LeadTime = leadTime,
        };
    }

    public override InitialCondition Load(InitialSpec spec) => StoredRun.Read(spec, null);
    public override InitialCondition Load(InitialSpec spec, CfTime time) => StoredRun.Read(spec, time);
    public override IReadOnlyList<CfTime> Times(InitialSpec spec) => StoredRun.Times(spec);

    private static class Settings
    {
        public static readonly SettingSection<InitialSpec> Section = new(
            "initial", spec => spec.Initial, InitialSettings.Source.Is(Name));

        public static readonly Setting<string> Path = Section.Add(
            "path", InputStore(), i => i.Path, example: "../out/january-winds/fields.zarr",
            help: "The store; the values read from it are compared on resume.");

        public static readonly Setting<TimeSpan?> LeadTime = Section.Add(
            "lead-time",
            Maybe(Duration(
                "a lead time of the store with its unit, such as 120h, or 0h for its own initial condition", t => t >= TimeSpan.Zero)
                with { Write = t => SpecText.Duration(t) }),
            i => i.LeadTime, unset: "the last committed one", shapes: Shaping.Numbers, example: "120h",
            help: "Which lead time of the store. By default the last committed one.");

        public static readonly Setting<InitialTimes> Times = Section.Add(
            "time", InitialTimes.Given, i => i.Times, unset: "by initial.lead-time", shapes: Shaping.Numbers, ifUnusual: true,
            example: "\"1990-01-16\"",
            help: "The valid time of the fields to take, in the store's calendar, instead of a lead time. A list or a range of "
                + "times is a run of several initial times.");

        public static readonly Setting<int> Member = Section.Add(
            "member", Integer("which member of the store", 0), i => i.Member, usual: 0, shapes: Shaping.Numbers,
            help: "Which member of the store.");

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Named("an object that names the store's variable for each of the model's, such as { u = u, v = v }"),
            i => i.Variables, shapes: Shaping.Numbers, example: "{ u = u, v = v }",
            help: "The store's name of each of the model's variables, in channel order.");
    }
}
