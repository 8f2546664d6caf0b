namespace Cairn.Engine.Models;

/// <summary>A TorchScript model.</summary>
/// <param name="Path">Absolute path of the archive (<c>.pt</c>) or source text (<c>.ts</c>).</param>
/// <param name="Variables">The state's variables, in channel order; each is a key of <c>initial.variables</c>.</param>
/// <param name="Outputs">Names of what <c>fields()</c> returns, in channel order.</param>
/// <param name="Stochastic">Whether its steps draw random numbers.</param>
public sealed record ScriptSpec(string Path, IReadOnlyList<string> Variables, IReadOnlyList<string> Outputs, bool Stochastic)
    : IModelFile;

/// <summary>TorchScript: an archive or source text.</summary>
internal sealed class ScriptKind() : ModelKind<ScriptSpec>("torchscript", "an archive or source text")
{
    public override bool TakesSeveralTimes => true;
    internal override bool TakesForcing => true;
    public override IReadOnlyList<SettingSection> Sections => [ScriptSettings.Section];
    public override string DType => "float32";
    protected override ScriptSpec ReadOwn(SettingReader reader, InitialSpec initial) => ScriptSettings.Read(reader, initial);
    protected override IReadOnlyList<string> OutputsOf(ScriptSpec own) => own.Outputs;

    protected override IPrognosticModel Create(ModelRequest request, ScriptSpec own)
    {
        var options = new ScriptModelOptions
        {
            Path = own.Path,
            InputVariables = own.Variables,
            OutputVariables = own.Outputs,
            InputGrid = request.Initial.Grid,
            InitialTime = request.Initial.Time,
            Forcing = request.Forcing,
            Step = request.Spec.Step,
            DType = request.DType,
            Device = request.Device,
            Bounds = request.Bounds,
            Stochastic = own.Stochastic,
        };
        return request.Opened(
            () => ScriptFile.DigestOfArchive(own.Path) is { } digest ? ScriptModel.Describe(options, digest) : null,
            () => ScriptModel.Open(options));
    }
}

/// <summary>The settings of <c>model</c> for TorchScript.</summary>
internal static class ScriptSettings
{
    public static readonly SettingSection<ScriptSpec> Section = new(
        "model", spec => spec.Model.Of<ScriptSpec>(), ModelSettings.Kind.Is("torchscript"));

    private static readonly Setting<string> Path = Section.Add(
        "path", InputFile("a TorchScript archive or source file"), s => s.Path, shapes: Shaping.Contents, example: "../models/advection.ts",
        help: "The archive (.pt) or source text (.ts).");

    private static readonly Setting<IReadOnlyList<string>?> Variables = Section.Add(
        "variables", Names, s => s.Variables, unset: "the keys of initial.variables", shapes: Shaping.Numbers, example: "[u, v]",
        help: "The state's variables, in channel order. By default the keys of initial.variables.");

    private static readonly Setting<IReadOnlyList<string>?> Outputs = Section.Add(
        "outputs", Names, s => s.Outputs, unset: "model.variables", shapes: Shaping.Numbers, example: "[u, v]",
        help: "Names of what the model's fields() returns, in channel order. By default variables, without those of older times.");

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
        return new ScriptSpec(path, variables, reader.Get(Outputs) ?? [.. variables.Except(initial.HistoryNames)], reader.Get(Stochastic));
    }
}
