using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Api.Wire;

/// <summary>A run in full; begins with what lists show.</summary>
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

    /// <summary>The opening first, then the members' batches, then the closing.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<BatchWire> Batches { get; init; }

    /// <summary>By batch, oldest first.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<AttemptWire> Attempts { get; init; }

    /// <summary>Failures and their causes; the run's own error first.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<ErrorWire> Errors { get; init; }
}

/// <summary>Work that is done once per run, or for a batch of members.</summary>
public enum Part
{
    /// <summary>The run's folder, and the division of its ensemble into batches.</summary>
    Opening,

    /// <summary>A batch of members.</summary>
    Members,

    /// <summary>Derived files and pictures.</summary>
    Closing,
}

/// <summary>The speed of a run, from its batches' last reports.</summary>
/// <param name="StepsPerSecond">Model steps per second of all active batches together.</param>
/// <param name="Done">The share of all batches' lead times that is done, from 0 to 1.</param>
/// <param name="SecondsLeft">Estimated seconds left at this speed; null if nothing is active.</param>
public sealed record PaceWire(double StepsPerSecond, double Done, double? SecondsLeft);

/// <summary>A batch.</summary>
/// <param name="Part">Which part of the run it is.</param>
/// <param name="First">Its first member, numbered over all initial times; null if it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="State">Its state.</param>
/// <param name="Epoch">The highest granted epoch; 0 before the first.</param>
/// <param name="Node">The node that has it, or had it last.</param>
/// <param name="Attempts">The number of attempts.</param>
/// <param name="Losses">The number of nodes that were lost with it without progress in between.</param>
/// <param name="LeadTime">Its last reported lead time, ISO 8601; null if it is not stepped.</param>
/// <param name="CommittedLeadTime">The lead time of its newest session, ISO 8601; null before the first.</param>
/// <param name="NewestSession">That session's name.</param>
/// <param name="Waits">Why it waits; null if it does not.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
public sealed record BatchWire(
    Part Part, int? First, int? Last, BatchState State, int Epoch, string? Node, int Attempts, int Losses, string? LeadTime,
    string? CommittedLeadTime, string? NewestSession, string? Waits, string? Error)
{
    /// <summary>The members' initial time, and the number of its first member; null in a run of one initial time, and if it is
    /// not about members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }
}

/// <summary>One attempt: from the grant of an epoch to its end.</summary>
/// <param name="Part">Which part of the run it was about.</param>
/// <param name="First">The batch's first member, numbered over all initial times; null if it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Node">The node.</param>
/// <param name="BeganAt">When it was granted.</param>
/// <param name="EndedAt">When it ended; null while it is active.</param>
/// <param name="Outcome">How it ended; null while it is active.</param>
/// <param name="Cause">Why; null if there is no cause.</param>
public sealed record AttemptWire(
    Part Part, int? First, int? Last, int Number, int Epoch, string Node, DateTimeOffset BeganAt, DateTimeOffset? EndedAt,
    AttemptOutcome? Outcome, string? Cause)
{
    /// <summary>The members' initial time, and the number of its first member; null in a run of one initial time, and if it is
    /// not about members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }
}

/// <summary>A failure.</summary>
/// <param name="Part">What failed; null for the run as a whole.</param>
/// <param name="First">The batch's first member, numbered over all initial times; null if it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="Error">The cause.</param>
public sealed record ErrorWire(Part? Part, int? First, int? Last, string Error)
{
    /// <summary>The members' initial time, and the number of its first member; null in a run of one initial time, and if it is
    /// not about members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }
}
