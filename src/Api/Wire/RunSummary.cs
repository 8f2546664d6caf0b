using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Actors.Runs;

namespace Cairn.Api.Wire;

/// <summary>A run, as lists show it.</summary>
public record RunSummary
{
    /// <summary>What commands and addresses call it.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required RunState State { get; init; }

    /// <summary>Whether it was asked to end before its end.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Whether it was asked to wait.</summary>
    public bool Paused { get; init; }

    /// <summary>Greater goes first.</summary>
    public int Priority { get; init; }

    /// <summary>Slots that each batch needs: its ranks.</summary>
    public int Slots { get; init; }

    public required RequirementsWire Requires { get; init; }

    public required string CheckpointPath { get; init; }

    /// <summary>How many members it has.</summary>
    public int Members { get; init; }

    /// <summary>Lead time of the last boundary, ISO 8601.</summary>
    public required string LastLeadTime { get; init; }

    /// <summary>What it begins from in place of its initial condition, and what is stepped, for people; or null.</summary>
    public string? BegunFrom { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public string? Error { get; init; }

    public DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it stands to its deadline; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeadlineWire? Deadline { get; init; }

    public required ProgressWire Progress { get; init; }

    /// <summary>How fast it goes; null while nothing is known of that.</summary>
    public PaceWire? Pace { get; init; }
}

/// <summary>What a node must have for a run's batches.</summary>
/// <param name="Gpu">A GPU.</param>
/// <param name="Label">A label; null for any node.</param>
public sealed record RequirementsWire(bool Gpu, string? Label);

/// <summary>How a run stands to its deadline.</summary>
/// <param name="Due">The deadline.</param>
/// <param name="State">On time, at risk, met or missed.</param>
/// <param name="Members">How many members are to be complete by then.</param>
/// <param name="Complete">How many are.</param>
/// <param name="Expected">When as many as are needed are expected to be complete; null where that is not known.</param>
public sealed record DeadlineWire(DateTimeOffset Due, DeadlineState State, int Members, int Complete, DateTimeOffset? Expected);

/// <summary>How many batches of members stand where.</summary>
/// <param name="Batches">All of them; 0 before the run is opened.</param>
/// <param name="Granted">Under way on a node.</param>
/// <param name="Completed">At their end.</param>
/// <param name="Failed">Failed for good.</param>
public sealed record ProgressWire(int Batches, int Granted, int Completed, int Failed)
{
    /// <summary>Left out for the run's deadline.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Dropped { get; init; }
}

/// <summary>A page of runs, the newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">The address of the next page; null on the last.</param>
public sealed record RunPage(IReadOnlyList<RunSummary> Runs, string? Next);

/// <summary>A run was submitted.</summary>
/// <param name="Id">What to call it.</param>
/// <param name="IsNew">False when its idempotency key had given it before.</param>
public sealed record Submitted(string Id, bool IsNew);

/// <summary>A spec without mistakes.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="Spec">Every setting with its value.</param>
public sealed record CheckedSpec(string Name, JsonElement Spec);

/// <summary>A command was taken; it is carried out at the next boundary.</summary>
/// <param name="Id">The run or node that it is about.</param>
public sealed record Told(string Id);
