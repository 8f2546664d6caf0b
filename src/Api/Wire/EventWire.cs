using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Api.Wire;

/// <summary>An event of a run.</summary>
/// <param name="Number">Its sequence number in the run's journal, from 1; the value of <c>Last-Event-ID</c>.</param>
/// <param name="Run">The run.</param>
/// <param name="Part">What it is about; null for the run as a whole.</param>
/// <param name="First">The batch's first member, numbered over all initial times; null if it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Node">The node that was granted a batch; null otherwise.</param>
/// <param name="Kind">The kind of event, in a few words.</param>
/// <param name="Detail">Details.</param>
public sealed record EventWire(
    long Number, string Run, Part? Part, int? First, int? Last, DateTimeOffset At, string? Node, string Kind, JsonElement Detail)
{
    private static readonly HashSet<string> OfLogs = new(StringComparer.Ordinal)
    {
        "run warning", "rank failed", "session aborted", "restart planned", "member dropped", "member redrawn", "failed", "lost",
        "quarantined", "batch failed", "dropped", "taken up again", "deadline alert failed", "deadline at risk", "deadline back on time",
        "deadline met", "deadline missed",
    };

    /// <summary>Whether it is output of ranks, or about a failure, loss or restart.</summary>
    public bool IsLog => OfLogs.Contains(Kind);

    /// <summary>The members' initial time, and the number of its first member; null in a run of one initial time, and if it is
    /// not about members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }
}

/// <summary>A page of a run's events.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Next">The address of the next page; null if there are no more events yet.</param>
public sealed record EventPage(IReadOnlyList<EventWire> Events, string? Next);

/// <summary>The last message of a stream of events.</summary>
/// <param name="State">How the run ended.</param>
public sealed record StreamEnd(RunState State);
