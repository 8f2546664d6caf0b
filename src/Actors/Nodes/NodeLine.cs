using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Nodes;

/// <summary>A line that a node tells its user, and what it is about.</summary>
/// <param name="Text">For people.</param>
public sealed record NodeLine(string Text)
{
    /// <summary>The node's id; null if the code that reports does not know it.</summary>
    public string? Node { get; init; }

    /// <summary>The run that it is about.</summary>
    public string? Run { get; init; }

    /// <summary>The batch, the opening or the closing.</summary>
    public MemberRange? Batch { get; init; }

    /// <summary>The epoch of the gang.</summary>
    public int? Epoch { get; init; }

    /// <summary>The rank.</summary>
    public int? Rank { get; init; }

    /// <summary>Whether something is not as it should be.</summary>
    public bool IsWarning { get; init; }

    /// <summary>All that it is about, by the names that structured logs have.</summary>
    public IReadOnlyDictionary<string, object> About => LogContext.Of(Run, Batch, Epoch, Rank, Node);

    /// <summary>The text of a run's event; null for one that comes too often to be logged.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="run">What the run is called.</param>
    public static NodeLine? Of(RunEvent happened, string run)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (RunEventJson.Describe(happened) is not { } json)
        {
            return null;
        }

        var what = json["event"]!.GetValue<string>();
        json.Remove("event");
        var detail = string.Join(", ", json.Where(p => p.Value is not null).Select(p => $"{p.Key.Replace('_', ' ')} {p.Value}"));
        var text = $"{(happened.Batch is { } batch ? $"{batch}: " : "")}{what}{(detail.Length > 0 ? $": {detail}" : "")}";
        return new NodeLine(text)
        {
            Run = run,
            Batch = happened.Batch,
            Epoch = happened.GangEpoch,
            Rank = (happened as RankFailed)?.Rank ?? (happened as RunWarning)?.Rank,
            IsWarning = happened is RunWarning or RankFailed or BatchFailed or SessionAborted or MemberDropped or MemberRedrawn,
        };
    }
}
