using static Cairn.Engine.Sources.InitialVariables;

namespace Cairn.Engine.Sources;

/// <summary>Variables on a latitude-longitude grid in a NetCDF file.</summary>
internal sealed class NetCdfSource() : SourceKind(Name, "a file")
{
    /// <summary>Its word.</summary>
    public const string Name = "netcdf";

    public override bool HasTimes => true;
    public override SettingSection Section => Settings.Section;

    public override InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        var path = reader.Get(Settings.Path);
        var times = reader.Get(Settings.Times);
        return new InitialSpec(Word, path, times.First, reader.Get(Settings.Variables)) { LaterTimes = times.Later };
    }

    public override InitialCondition Load(InitialSpec spec) => Load(spec, Selector(spec));
    public override InitialCondition Load(InitialSpec spec, CfTime time) => Load(spec, TimeSelector.At(time.ToString()));
    public override IReadOnlyList<CfTime> Times(InitialSpec spec) => NetCdfFields.Times(spec.Path, spec.Variables[0].FileVariable);

    private static InitialCondition Load(InitialSpec spec, TimeSelector time)
    {
        var wanted = spec.Variables.Select(v => KeyValuePair.Create(v.Name, v.FileVariable)).ToList();
        var fields = NetCdfFields.Read(spec.Path, wanted, time, spec.Missing);
        return new InitialCondition(
            spec.VariableNames,
            new LatLonGrid(fields.Latitude, fields.Longitude),
            fields.Values,
            fields.Time ?? CfTime.Parse("1970-01-01", CfCalendar.Standard, out _),
            fields.Variables.ToDictionary(v => v.Name, v => v.Units));
    }

    private static TimeSelector Selector(InitialSpec spec) => spec.Time switch
    {
        null => TimeSelector.Only,
        { Index: { } index } => TimeSelector.At(index),
        // Fields without a time of their own cannot be those of several.
        { Text: { } text } when spec.IsOneOfSeveral => TimeSelector.At(text),
        _ => TimeSelector.AtOrStated(spec.Time.Text!),
    };

    private static class Settings
    {
        public static readonly SettingSection<InitialSpec> Section = new(
            "initial", spec => spec.Initial, InitialSettings.Source.Is("netcdf"));

        public static readonly Setting<string> Path = Section.Add(
            "path", InputFile("a NetCDF file with the initial fields"), i => i.Path, shapes: Shaping.Contents,
            example: "../data/navy-winds-1982-1992.nc", help: "The file.");

        public static readonly Setting<InitialTimes> Times = Section.Add(
            "time", InitialTimes.OfFile, i => i.Times, unset: "the only one", shapes: Shaping.Numbers, example: "\"1990-01-16\"",
            help: "Which of the file's times: ISO 8601 text (a date alone takes the only time of that day), or an index from 0. A list "
                + "or a range of times is a run of several initial times. Optional if there is only one; for a file without times it "
                + "sets the time of the fields.");

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Named("an object that names the file's variable for each of the model's, such as { u = u10m, v = v10m }"),
            i => i.Variables, shapes: Shaping.Numbers, example: "{ u = u10m, v = v10m }",
            help: "The file's name of each of the model's variables, in channel order.");
    }
}
