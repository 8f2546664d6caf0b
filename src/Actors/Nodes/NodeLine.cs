using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Nodes;

/// <summary>A line of a node's log, with what it concerns.</summary>
/// <param name="Text">For people.</param>
public sealed record NodeLine(string Text)
{
    /// <summary>The node's id; null if the code that reports does not know it.</summary>
    public string? Node { get; init; }

    public string? Run { get; init; }

    /// <summary>The batch, the opening or the closing.</summary>
    public MemberRange? Batch { get; init; }

    public int? Epoch { get; init; }

    public int? Rank { get; init; }

    public bool IsWarning { get; init; }

    /// <summary>What it concerns, by the names used in structured logs.</summary>
    public IReadOnlyDictionary<string, object> About => LogContext.Of(Run, Batch, Epoch, Rank, Node);

    /// <summary>The line for an event of a run; null for events that are too frequent to be logged.</summary>
    public static NodeLine? Of(RunEvent happened, string run)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (RunEventJson.Describe(happened) is not { } json)
            return null;

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
