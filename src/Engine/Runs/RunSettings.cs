using System.Text.RegularExpressions;
using Cairn.Engine.Chm;
using Cairn.Engine.Extensions;
using Cairn.Engine.Models;
using Cairn.Engine.Perturbations;
using Cairn.Engine.Settings;
using static Cairn.Engine.Settings.SettingTypes;

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

    /// <summary>Reads all of them.</summary>
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

    /// <summary>The settings that a spec has.</summary>
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
