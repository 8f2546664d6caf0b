using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using static Cairn.Engine.Settings.SettingTypes;
using static Cairn.Engine.Sources.InitialVariables;

namespace Cairn.Engine.Sources;

/// <summary>One NumPy array a variable, on a grid that the spec gives.</summary>
internal sealed class NpySource() : SourceKind("npy", "one NumPy array per variable")
{
    public override bool NeedsGrid => true;

    public override SettingSection Section => Settings.Section;

    public override InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        var times = reader.Get(Settings.Times);
        return new InitialSpec(Word, "", times.First, reader.Get(Settings.Variables)) { LaterTimes = times.Later };
    }

    public override InitialCondition Load(InitialSpec spec) => NpyArrays.Read(spec);

    private static class Settings
    {
        public static readonly SettingSection<InitialSpec> Section = new(
            "initial", spec => spec.Initial, InitialSettings.Source.Is("npy"));

        public static readonly Setting<InitialTimes> Times = TimesIn(Section);

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Files(), i => i.Variables, shapes: Shaping.Numbers, example: "{ u = u.npy, v = v.npy }",
            help: "The file of each of the model's variables, in channel order.");
    }
}
