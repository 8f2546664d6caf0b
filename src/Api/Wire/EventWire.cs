using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Api.Wire;

/// <summary>Something that happened to a run.</summary>
/// <param name="Number">Its sequence number in the run's journal, from 1: what <c>Last-Event-ID</c> is.</param>
/// <param name="Run">The run.</param>
/// <param name="Part">What it concerns; null for the run as a whole.</param>
/// <param name="First">The batch's first member, numbered over all initial times; null where it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Node">The node that was granted a batch; null for all else.</param>
/// <param name="Kind">What, in a few words.</param>
/// <param name="Detail">Whatever more there is to say.</param>
public sealed record EventWire(
    long Number, string Run, Part? Part, int? First, int? Last, DateTimeOffset At, string? Node, string Kind, JsonElement Detail)
{
    private static readonly HashSet<string> OfLogs = new(StringComparer.Ordinal)
    {
        "run warning", "rank failed", "session aborted", "restart planned", "member dropped", "member redrawn", "failed", "lost",
        "quarantined", "batch failed", "dropped", "taken up again", "deadline alert failed", "deadline at risk", "deadline back on time",
        "deadline met", "deadline missed",
    };

    /// <summary>Whether it says what ranks printed, or what failed, was lost or started again.</summary>
    public bool IsLog => OfLogs.Contains(Kind);

    /// <summary>Which of several initial times the members begin at, and the number of its first member; null in a run of one, and where
    /// it is not about members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }
}

/// <summary>A page of a run's events.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Next">The address of the next page; null when there are no more by now.</param>
public sealed record EventPage(IReadOnlyList<EventWire> Events, string? Next);

/// <summary>The last message of a stream of events.</summary>
/// <param name="State">How the run ended.</param>
public sealed record StreamEnd(RunState State);
