using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using static Cairn.Engine.Settings.SettingTypes;
using static Cairn.Engine.Sources.InitialVariables;

namespace Cairn.Engine.Sources;

/// <summary>A flow known by its formula, on a grid that the spec gives.</summary>
internal sealed class AnalyticSource() : SourceKind("analytic", "a flow given by a formula")
{
    public override bool NeedsGrid => true;

    public override SettingSection Section => Settings.Section;

    public override InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        var flow = reader.Get(Settings.Case);
        var variables = InitialVariables.OfFlow(reader, Settings.Variables, flow);
        var times = reader.Get(Settings.Times);
        return new InitialSpec(Word, "", times.First, variables) { LaterTimes = times.Later, Case = flow };
    }

    public override InitialCondition Load(InitialSpec spec) => AnalyticFlows.Read(spec);

    private static class Settings
    {
        public static readonly SettingSection<InitialSpec> Section = new(
            "initial", spec => spec.Initial, InitialSettings.Source.Is("analytic"));

        public static readonly Setting<string> Case = Section.Add(
            "case", Text($"one of {string.Join(", ", AnalyticFlows.Names)}", AnalyticFlows.Names.Contains), i => i.Case!,
            shapes: Shaping.Numbers, example: "zonal-jet", help: "The flow: rossby-haurwitz, solid-body, zonal-jet or rest.");

        public static readonly Setting<InitialTimes> Times = TimesIn(Section);

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Named("an object that names a quantity of the flow for each of the model's variables, such as { u = u, v = v }"),
            i => i.Variables, usual: Given.Of<IReadOnlyList<InitialVariable>>(OfWinds), shapes: Shaping.Numbers,
            help: "The quantity of the flow for each of the model's variables, in channel order.");
    }
}
