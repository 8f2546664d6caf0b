using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Actors.Runs;

namespace Cairn.Api.Wire;

/// <summary>A run, as in lists.</summary>
public record RunSummary
{
    /// <summary>Its id in commands and addresses.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required RunState State { get; init; }

    /// <summary>Whether it was cancelled.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Whether it was paused.</summary>
    public bool Paused { get; init; }

    /// <summary>Greater priorities go first.</summary>
    public int Priority { get; init; }

    /// <summary>Slots that each batch needs: its number of ranks.</summary>
    public int Slots { get; init; }

    public required RequirementsWire Requires { get; init; }

    public required string CheckpointPath { get; init; }

    /// <summary>The number of members.</summary>
    public int Members { get; init; }

    /// <summary>Lead time of the last boundary, ISO 8601.</summary>
    public required string LastLeadTime { get; init; }

    /// <summary>A description of what it starts from instead of its initial condition, and of what is stepped; or null.</summary>
    public string? BegunFrom { get; init; }

    /// <summary>Why it failed; null if it did not.</summary>
    public string? Error { get; init; }

    public DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its deadline; null if it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeadlineWire? Deadline { get; init; }

    public required ProgressWire Progress { get; init; }

    /// <summary>Its speed; null if unknown.</summary>
    public PaceWire? Pace { get; init; }
}

/// <summary>What a run's batches require of a node.</summary>
/// <param name="Gpu">Whether they require a GPU.</param>
/// <param name="Label">A required label; null for any node.</param>
public sealed record RequirementsWire(bool Gpu, string? Label);

/// <summary>A run's deadline and whether it is met.</summary>
/// <param name="Due">The deadline.</param>
/// <param name="State">On time, at risk, met or missed.</param>
/// <param name="Members">How many members must be complete by then.</param>
/// <param name="Complete">How many are complete.</param>
/// <param name="Expected">When the required members are expected to be complete; null if unknown.</param>
public sealed record DeadlineWire(DateTimeOffset Due, DeadlineState State, int Members, int Complete, DateTimeOffset? Expected);

/// <summary>Numbers of batches of members by state.</summary>
/// <param name="Batches">All; 0 before the run is opened.</param>
/// <param name="Granted">Active on a node.</param>
/// <param name="Completed">Complete.</param>
/// <param name="Failed">Failed permanently.</param>
public sealed record ProgressWire(int Batches, int Granted, int Completed, int Failed)
{
    /// <summary>Dropped for the run's deadline.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Dropped { get; init; }
}

/// <summary>A page of runs, newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">The address of the next page; null on the last page.</param>
public sealed record RunPage(IReadOnlyList<RunSummary> Runs, string? Next);

/// <summary>The answer to a submission.</summary>
/// <param name="Id">The run's id.</param>
/// <param name="IsNew">False if a submission with the same idempotency key created the run before.</param>
public sealed record Submitted(string Id, bool IsNew);

/// <summary>A valid spec.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="Spec">All settings with their values.</param>
public sealed record CheckedSpec(string Name, JsonElement Spec);

/// <summary>An accepted command; it is carried out at the next boundary.</summary>
/// <param name="Id">The run or node.</param>
public sealed record Told(string Id);
