using Cairn.Engine.Models.Barotropic;
using Cairn.Engine.Sources.Analytic;
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

/// <summary>Flows on the sphere known by their formula: what <c>initial { source = analytic }</c> reads.</summary>
public static class AnalyticFlows
{
    private const string Wind = "m s-1";

    /// <summary>Their names: the Rossby-Haurwitz wave number 4 and solid-body rotation (test cases 6 and 2 of Williamson et al. 1992), the
    /// unstable jet of Galewsky, Scott and Polvani (2004), and rest.</summary>
    public static IReadOnlyList<string> Names { get; } = ["rossby-haurwitz", "solid-body", "zonal-jet", "rest"];

    /// <summary>What a flow gives: the winds <c>u</c> and <c>v</c> in m/s, but for rest <c>height</c>, the depth in m that balances it, and
    /// of the jet <c>height-perturbed</c>, the same with the paper's perturbation. None for a flow that is not known.</summary>
    public static IReadOnlyList<string> Quantities(string flow) => flow switch
    {
        "zonal-jet" => ["u", "v", "height", "height-perturbed"],
        "rossby-haurwitz" or "solid-body" => ["u", "v", "height"],
        _ => Names.Contains(flow) ? ["u", "v"] : [],
    };

    /// <summary>The flow that a spec names, on the grid that it gives.</summary>
    internal static InitialCondition Read(InitialSpec spec)
    {
        var grid = spec.Grid!.ToGrid();
        var flow = Flow(spec.Case!);
        var fields = spec.Variables.SelectMany(v => SphericalLayers.On(
            grid, (latitude, longitude) => flow(v.FileVariable, latitude, longitude)));
        var units = spec.Variables.ToDictionary(
            v => v.Name, v => (string?)(v.FileVariable is "u" or "v" ? Wind : "m"));
        return new InitialCondition(
            spec.VariableNames, grid, [.. fields], spec.Time!.ToTime(), units);
    }

    private static Func<string, double, double, double> Flow(string name)
    {
        switch (name)
        {
            case "rossby-haurwitz":
                var wave = new RossbyHaurwitz();
                return (quantity, latitude, longitude) => quantity switch
                {
                    "u" => wave.EastwardWind(latitude, longitude),
                    "height" => wave.Height(latitude, longitude),
                    _ => wave.NorthwardWind(latitude, longitude),
                };
            case "solid-body":
                var body = new SolidBodyRotation();
                return (quantity, latitude, longitude) => quantity switch
                {
                    "u" => body.EastwardWind(latitude, longitude),
                    "height" => body.Height(latitude, longitude),
                    _ => 0,
                };
            case "zonal-jet":
                var jet = new ZonalJet();
                return (quantity, latitude, longitude) => quantity switch
                {
                    "u" => ZonalJet.EastwardWind(latitude),
                    "height" => jet.Height(latitude),
                    "height-perturbed" => jet.PerturbedHeight(latitude, longitude),
                    _ => 0,
                };
            case "rest":
                return (_, _, _) => 0;
            default:
                throw new SpecException($"initial.case {name} is not an analytic flow; expected one of {string.Join(", ", Names)}.");
        }
    }
}
