using Cairn.Engine.Chm;
using Cairn.Hocon;

namespace Cairn.Engine.Runs;

/// <summary>All settings of a spec.</summary>
public static partial class RunSettings
{
    private static readonly SettingSection<RunSpec> Naming = new("", spec => spec);

    // A name may become part of a file's name, so it is neither "." nor ".." nor an option.
    private static readonly Setting<string> Name = Naming.Add(
        "name",
        Text("the run's name, made of letters, digits, '.', '_' and '-' (at most 100, a letter or digit first)", NamePattern().IsMatch),
        spec => spec.Name, example: "january-winds", help: "The run's name: letters, digits, '.', '_' and '-'.");

    private static readonly SettingSection<RunSpec> Closing = new("", spec => spec);

    private static readonly Setting<IReadOnlyList<string>> Extensions = Closing.Add(
        "extensions", LoadedExtensions.Names, LoadedExtensions.NamesIn,
        unset: "those that its kinds come from", example: "[Damped]",
        help: $"The extensions that the spec needs, by the names of their assemblies; {LoadedExtensions.Variable} names their files. A "
            + "resolved spec has it, so that a process that lacks one reports it.");

    /// <summary>Every setting, in the order of <c>run.json</c>; a key that several kinds have stands once for each.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Sections().SelectMany(section => section.Settings)];

    /// <summary>Notes the extensions that a spec names and this process lacks: what else it says cannot be judged then.</summary>
    internal static void RequireExtensions(SettingReader reader) =>
        LoadedExtensions.Require(reader, Extensions.Key, reader.Get(Extensions));

    /// <summary>Whether a mistake is that an extension is lacking.</summary>
    internal static bool IsOfExtensions(SpecMistake mistake) => mistake.Key == Extensions.Key;

    internal static RunSpec Read(SettingReader reader)
    {
        var initial = InitialSettings.Read(reader, ModelSettings.KindOf(reader));
        var model = ModelSettings.Read(reader, initial);
        var checkpoint = CheckpointSettings.Read(reader, ModelSettings.KindOf(reader));
        return new RunSpec
        {
            Name = reader.Get(Name),
            Initial = initial,
            Model = model,
            Diagnostics = DiagnosticSettings.Read(reader, ModelKinds.Of(model).Outputs(model, initial)),
            LeadTimes = LeadTimeSettings.Read(reader),
            Ensemble = EnsembleSettings.Read(reader, initial),
            Ranks = RankSettings.Read(reader),
            Checkpoint = checkpoint,
            Output = OutputSettings.Read(reader, checkpoint),
            Supervision = SupervisionSettings.Read(reader),
            Deadline = DeadlineSettings.Read(reader),
            Faults = FaultSettings.Read(reader),
            Node = NodeSettings.Read(reader),
            Placement = PlacementSettings.Read(reader),
        };
    }

    internal static IEnumerable<Setting> Of(RunSpec spec) => All.Where(setting => setting.IsIn(spec));

    private static IEnumerable<SettingSection> Sections() =>
    [
        Naming, .. ModelSettings.Sections(),
        DiagnosticSettings.Section, .. InitialSettings.Sections(), LeadTimeSettings.Section, EnsembleSettings.Section,
        .. PerturbationSettings.Sections(), RankSettings.Section, CheckpointSettings.Section, ChmSettings.Section,
        ChmCheckpointReader.Section, .. OutputSettings.Sections(), SupervisionSettings.Section, DeadlineSettings.Section,
        FaultSettings.Section, NodeSettings.Section, PlacementSettings.Section, Closing,
    ];

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}

/// <summary>A setting of a resolved spec.</summary>
/// <param name="Key">Its dotted key.</param>
/// <param name="Value">Its value as a spec writes it; in words where there is none.</param>
/// <param name="From">Where it comes from: a file and line, <c>--set</c>, a variable of the environment, or <c>default</c>.</param>
public sealed record ResolvedSetting(string Key, string Value, string From)
{
    /// <summary>Every setting that a spec has, in the order of <c>run.json</c>.</summary>
    internal static IReadOnlyList<ResolvedSetting> Of(RunSpec spec, HoconObject given) =>
    [
        .. RunSettings.Of(spec).Select(setting => new ResolvedSetting(
            setting.Key, setting.Write(spec) is { } value ? SpecText.Hocon(value) : setting.Unset ?? "none",
            Origin(given.Find(setting.Key.Split('.'))?.Origin))),
    ];

    private static string Origin(HoconOrigin? origin) => origin switch
    {
        null => "default",
        { File: { } file } => FormattableString.Invariant($"{Near(file)}:{origin.Line}"),
        _ => origin.Source.StartsWith("--set ", StringComparison.Ordinal) ? "--set" : origin.Source,
    };

    private static string Near(string file)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), file);
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }
}
