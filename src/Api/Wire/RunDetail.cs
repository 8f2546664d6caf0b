using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Storage.Ledger;

namespace Cairn.Api.Wire;

/// <summary>A run with all that there is to know of it; what lists show of it comes first.</summary>
public sealed record RunDetail : RunSummary
{
    [JsonConstructor]
    public RunDetail()
    {
    }

    [SetsRequiredMembers]
    internal RunDetail(RunSummary summary) : base(summary) => (Batches, Attempts, Sessions, Errors) = ([], [], [], []);

    /// <summary>How many members it has.</summary>
    [JsonPropertyOrder(1)]
    public int Members { get; init; }

    /// <summary>Lead time of the last boundary, ISO 8601.</summary>
    [JsonPropertyOrder(1)]
    public string? LastLeadTime { get; init; }

    /// <summary>The resolved spec.</summary>
    [JsonPropertyOrder(1)]
    public JsonElement Spec { get; init; }

    /// <summary>The opening first, then the members', then the closing once it waits.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<BatchWire> Batches { get; init; }

    /// <summary>Oldest first.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<AttemptWire> Attempts { get; init; }

    /// <summary>Oldest first.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<SessionWire> Sessions { get; init; }

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

/// <summary>A batch.</summary>
/// <param name="Part">What it is.</param>
/// <param name="First">Its first member; null where it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Epoch">The highest epoch that was allotted; 0 before the first.</param>
/// <param name="Node">Who holds it, or held it last.</param>
/// <param name="Attempts">How often it was claimed.</param>
/// <param name="Losses">Nodes that it was lost with, without progress since.</param>
/// <param name="CommittedLeadTime">Lead time of its newest session, ISO 8601; null before the first.</param>
/// <param name="NewestSession">That session's name.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record BatchWire(
    Part Part, int? First, int? Last, BatchState State, int Epoch, string? Node, int Attempts, int Losses, string? CommittedLeadTime,
    string? NewestSession, string? Error);

/// <summary>From the claim of a batch to what became of it.</summary>
/// <param name="Part">What it was about.</param>
/// <param name="First">The batch's first member; null where it is not about members.</param>
/// <param name="Number">From 1.</param>
/// <param name="Epoch">The epoch that it was claimed under.</param>
/// <param name="Node">Who claimed it.</param>
/// <param name="StartedAt">When.</param>
/// <param name="EndedAt">When it ended; null while it goes on.</param>
/// <param name="Outcome">How; null while it goes on; <c>lost</c> when its lease ran out.</param>
/// <param name="Cause">Why, or null.</param>
public sealed record AttemptWire(
    Part Part, int? First, int Number, int Epoch, string Node, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome,
    string? Cause);

/// <summary>A session that is durable on disk.</summary>
/// <param name="First">The batch's first member.</param>
/// <param name="Name">Its name in the batch's catalog.</param>
/// <param name="Epoch">The epoch that it was made under.</param>
/// <param name="LeadTime">ISO 8601.</param>
/// <param name="Node">Who made it.</param>
/// <param name="ReportedAt">When it was reported.</param>
public sealed record SessionWire(int? First, string Name, int Epoch, string LeadTime, string Node, DateTimeOffset ReportedAt);

/// <summary>Something failed.</summary>
/// <param name="Part">What; null for the run as a whole.</param>
/// <param name="First">The batch's first member; null where it is not about members.</param>
/// <param name="Last">Its last member, likewise.</param>
/// <param name="Error">Why.</param>
public sealed record ErrorWire(Part? Part, int? First, int? Last, string Error);
