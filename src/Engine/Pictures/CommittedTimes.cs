using Cairn.Storage.Fields;

namespace Cairn.Engine.Pictures;

/// <summary>The initial times of a store with fields that sessions cover, each with its fields; of very many, some.</summary>
internal sealed class CommittedTimes
{
    /// <summary>A page has no more: each needs room of its own.</summary>
    private const int Most = 24;

    /// <exception cref="DataException">No member is committed yet, or there is no field.</exception>
    public CommittedTimes(StoredFields fields)
    {
        InStore = fields.Times.Count;
        var begun = fields.Times.Count == 1
            ? [fields]
            : Enumerable.Range(0, fields.Times.Count).Select(fields.At).Where(CommittedFields.HasAny).ToList();
        Step = (begun.Count + Most - 1) / Most;
        // Nothing at all is for the first time to tell.
        var shown = (begun.Count > 0 ? begun : [fields.At(0)]).Where((_, i) => Step < 2 || i % Step == 0);
        Shown = [.. shown.Select(time => new CommittedFields(time))];
    }

    /// <summary>How many initial times the store has.</summary>
    public int InStore { get; }

    /// <summary>Every this many of those with something committed are shown.</summary>
    public int Step { get; }

    /// <summary>Those that are shown, in order.</summary>
    public IReadOnlyList<CommittedFields> Shown { get; }

    /// <summary>The one that reaches farthest: the lead times of all.</summary>
    public CommittedFields Longest => Shown.MaxBy(time => time.LeadTimes.Count)!;

    public PictureShape Shape => Longest.Shape with { Times = Shown.Count };
}
