namespace Cairn.Engine.Runs;

/// <summary>Which nodes of a cluster may have a run's batches, and whose batches go first.</summary>
public sealed record PlacementSpec
{
    /// <summary>Greater goes first.</summary>
    public int Priority { get; init; }

    /// <summary>Whether a node must have a GPU.</summary>
    public bool Gpu { get; init; }

    /// <summary>The label that a node must have; null for any node.</summary>
    public string? Label { get; init; }
}

/// <summary>The settings <c>priority</c> and <c>requires</c>.</summary>
internal static partial class PlacementSettings
{
    private const int MostPriority = 1_000_000;

    public static readonly SettingSection<PlacementSpec> Section = new("", spec => spec.Placement);

    public static readonly SettingType<int> PriorityType =
        Integer("how early the run's batches are given to nodes", -MostPriority, MostPriority);

    private static readonly Setting<int> Priority = Section.Add(
        "priority", PriorityType, p => p.Priority, usual: 0,
        help: "Which run's batches a cluster grants first: a whole number, greater goes first.");

    private static readonly Setting<bool> Gpu = Section.Add(
        "requires.gpu", Flag, p => p.Gpu, usual: false, help: "Whether batches are granted only to nodes with a GPU.");

    private static readonly Setting<string?> Label = Section.Add(
        "requires.label", MaybeText("a node's label, made of letters, digits, '.', '_' and '-'", LabelPattern().IsMatch), p => p.Label,
        unset: "any node", example: "large-memory",
        help: "The label that a node must have (node.labels) to get batches. By default any node may.");

    public static PlacementSpec Read(SettingReader reader) => new()
    {
        Priority = reader.Get(Priority), Gpu = reader.Get(Gpu), Label = reader.Get(Label),
    };

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelPattern();
}
