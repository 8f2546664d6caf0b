using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Api.Wire;

/// <summary>A run with all that there is to know of it; what lists show of it comes first.</summary>
public sealed record RunDetail : RunSummary
{
    [JsonConstructor]
    public RunDetail()
    {
    }

    [SetsRequiredMembers]
    internal RunDetail(RunSummary summary) : base(summary) => (Batches, Attempts, Errors) = ([], [], []);

    /// <summary>The resolved spec.</summary>
    [JsonPropertyOrder(1)]
    public JsonElement Spec { get; init; }

    /// <summary>The opening first, then the members', then the closing once it waits.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<BatchWire> Batches { get; init; }

    /// <summary>Batch by batch, oldest first.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<AttemptWire> Attempts { get; init; }

    /// <summary>What failed, and why; the run's own error first.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<ErrorWire> Errors { get; init; }
}

/// <summary>What is done once a run, or for some of its members.</summary>
public enum Part
{
    /// <summary>The run's folder, and how its ensemble is cut.</summary>
    Opening,

    /// <summary>A batch of members.</summary>
    Members,

    /// <summary>Derived files and pictures.</summary>
    Closing,
}

/// <summary>How fast a run goes, as its batches last said.</summary>
/// <param name="StepsPerSecond">Model steps of all batches under way together.</param>
/// <param name="Done">The part of all batches' lead times that is behind them, from 0 to 1.</param>
/// <param name="SecondsLeft">How long it takes from now on at this rate; null where nothing goes on.</param>
public sealed record PaceWire(double StepsPerSecond, double Done, double? SecondsLeft);

/// <summary>A batch.</summary>
/// <param name="Part">What it is.</param>
/// <param name="First">Its first member, numbered over all initial times; null where it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Epoch">The highest epoch that was granted; 0 before the first.</param>
/// <param name="Node">The node that has it, or had it last.</param>
/// <param name="Attempts">How many there were.</param>
/// <param name="Losses">Nodes that it was lost with, without progress since.</param>
/// <param name="LeadTime">How far it is by its own word, ISO 8601; null where it does not step.</param>
/// <param name="CommittedLeadTime">Lead time of its newest session, ISO 8601; null before the first.</param>
/// <param name="NewestSession">That session's name.</param>
/// <param name="Waits">Why it waits; null where it does not.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record BatchWire(
    Part Part, int? First, int? Last, BatchState State, int Epoch, string? Node, int Attempts, int Losses, string? LeadTime,
    string? CommittedLeadTime, string? NewestSession, string? Waits, string? Error)
{
    /// <summary>Which of several initial times the members begin at, and the number of its first member; null in a run of one, and where
    /// it is not about members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }
}

/// <summary>From a gang's epoch to what became of it.</summary>
/// <param name="Part">What it was about.</param>
/// <param name="First">The batch's first member, numbered over all initial times; null where it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="Number">From 1.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Node">Where.</param>
/// <param name="BeganAt">When it was granted.</param>
/// <param name="EndedAt">When it ended; null while it goes on.</param>
/// <param name="Outcome">How; null while it goes on.</param>
/// <param name="Cause">Why, or null.</param>
public sealed record AttemptWire(
    Part Part, int? First, int? Last, int Number, int Epoch, string Node, DateTimeOffset BeganAt, DateTimeOffset? EndedAt,
    AttemptOutcome? Outcome, string? Cause)
{
    /// <summary>Which of several initial times the members begin at, and the number of its first member; null in a run of one, and where
    /// it is not about members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }
}

/// <summary>Something failed.</summary>
/// <param name="Part">What; null for the run as a whole.</param>
/// <param name="First">The batch's first member, numbered over all initial times; null where it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="Error">Why.</param>
public sealed record ErrorWire(Part? Part, int? First, int? Last, string Error)
{
    /// <summary>Which of several initial times the members begin at, and the number of its first member; null in a run of one, and where
    /// it is not about members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }
}
