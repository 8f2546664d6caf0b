using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Models;

/// <summary>The settings of <c>model</c> for TorchScript.</summary>
internal static class ScriptSettings
{
    public static readonly SettingSection<ScriptSpec> Section = new(
        "model", spec => spec.Model.Script, ModelSettings.Kind.Is(ModelKind.TorchScript));

    private static readonly Setting<string> Path = Section.Add(
        "path", InputFile("a TorchScript archive or source file"), s => s.Path, shapes: Shaping.Contents, example: "../models/advection.ts",
        help: "The archive (.pt) or source text (.ts).");

    private static readonly Setting<IReadOnlyList<string>?> Variables = Section.Add(
        "variables", Names, s => s.Variables, unset: "the keys of initial.variables", shapes: Shaping.Numbers, example: "[u, v]",
        help: "The state's variables, in channel order. By default the keys of initial.variables.");

    private static readonly Setting<IReadOnlyList<string>?> Outputs = Section.Add(
        "outputs", Names, s => s.Outputs, unset: "model.variables", shapes: Shaping.Numbers, example: "[u, v]",
        help: "Names of what the model's fields() returns, in channel order. By default the same as variables.");

    private static readonly Setting<bool> Stochastic = Section.Add(
        "stochastic", Flag, s => s.Stochastic, usual: false, shapes: Shaping.Numbers, ifUnusual: true,
        help: "Whether its steps draw random numbers. Then each member is stepped alone, with the generator seeded from ensemble.seed, the "
            + "member and the step before it; without, a model that answers twice differently is refused.");

    public static ScriptSpec Read(SettingReader reader, InitialSpec initial)
    {
        var path = reader.Get(Path);
        var variables = reader.Get(Variables);
        SpecChecks.AreAmong(reader, Variables.Key, variables, initial.VariableNames, "initial.variables");
        variables ??= initial.VariableNames;
        return new ScriptSpec(path, variables, reader.Get(Outputs) ?? variables, reader.Get(Stochastic));
    }
}
