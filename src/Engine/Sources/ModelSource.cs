using Cairn.Storage.Chm;

namespace Cairn.Engine.Sources;

/// <summary>A state that the model can begin from by itself.</summary>
internal sealed class ModelSource() : SourceKind("model", "an initial state that the model provides")
{
    public override bool MayRegrid => false;
    public override SettingSection Section => Settings.Section;

    public override InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        var names = model?.Cases ?? [];
        if (model is not null && names.Count == 0)
        {
            var key = InitialSettings.Source.Key;
            reader.Wrong(key, reader.Find(key), $"another source: the {model.Word} model provides no initial state");
        }
        var expected = $"one of the model's own initial states, {string.Join(", ", names)}";
        var name = reader.Read(
            Settings.Case.Key, Text(expected, text => model is null || names.Contains(text)), names.Count > 0 ? names[0] : "");
        var variables = model?.CaseVariables ?? [];
        var times = reader.Get(Settings.Times);
        return new InitialSpec(Word, "", times.First, [.. variables.Select(v => new InitialVariable(v, v))])
        {
            LaterTimes = times.Later, Case = name,
        };
    }

    /// <summary>That of one of CHM's checkpoints, if the run begins from one.</summary>
    public override InitialCondition Load(RunSpec run) => run.Checkpoint.Chm?.Settings.LoadPath is { } path
        ? ChmState.Read(path, run.Model)
        : ModelKinds.Of(run.Model).ReadCase(
            run.Model, run.Initial.Case ?? "", CfTime.Parse((run.Initial.Time ?? InitialTime.Usual).Text!, CfCalendar.Standard, out _));

    public override InitialCondition Load(InitialSpec spec) => throw new SpecException(
        $"initial.source = {Word} needs the model, which was not given; expected another source.");

    private static class Settings
    {
        public static readonly SettingSection<InitialSpec> Section = new(
            "initial", spec => spec.Initial, InitialSettings.Source.Is("model"));

        public static readonly Setting<string> Case = Section.Add(
            "case", Text("one of the model's own initial states"), i => i.Case!, unset: "the first of the model's", shapes: Shaping.Numbers,
            example: "sine-waves",
            help: $"Which of the model's states, by default the first of {string.Join("; ", ModelKinds.All.Where(k => k.Cases.Count > 0)
                .Select(k => $"{k.Word}: {string.Join(", ", k.Cases)}"))}.");

        // The digests of older runs have the variables of the model's own state as well.
        public static readonly Setting<InitialTimes> Times = TimesIn(Section, spec =>
        [
            new SpecEntry("initial.time", spec.Initial.Time?.ToString() ?? "the only one"),
            new SpecEntry("initial.variables", SpecText.List([.. spec.Initial.Variables.Select(v => $"{v.Name} = {v.FileVariable}")])),
            .. spec.Initial.LaterTimes.Select((time, i) => new SpecEntry(InitialTimes.KeyOf("initial.time", i + 1), $"{time}")),
        ]);
    }
}

/// <summary>The state that a CHM checkpoint of any number of ranks holds, at the time that it says.</summary>
internal static class ChmState
{
    public static InitialCondition Read(string path, ModelSpec spec)
    {
        var checkpoint = ChmCheckpoint.Open(path);
        var time = CfTime.Parse(
            checkpoint.Time.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
            CfCalendar.Standard, out _);
        using var model = MeshKind.Open(spec, time, new Dictionary<string, FieldBounds>());
        var variables = model.Description.InputVariables;
        checkpoint.Verify().Require(model.GlobalIds.Count, variables, path);
        var state = checkpoint.Load(new ChmTriangles([.. model.GlobalIds.Select(id => (long)id)]), variables);
        return new InitialCondition(
            variables, model.Description.InputGrid, [.. state.Variables.SelectMany(v => v.Values)], time,
            variables.ToDictionary(v => v, _ => (string?)null));
    }
}
