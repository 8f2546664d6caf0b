namespace Cairn.Engine.Runs;

/// <summary>One submitted job, resolved: every default filled in, every path absolute, every cross check passed. Made by
/// <see cref="RunSpecReader"/> from HOCON and by <see cref="RunSpecJson"/> from a run's <c>run.json</c>. Immutable; change it with
/// <c>with</c>.</summary>
public sealed record RunSpec
{
    /// <summary>The run's name: letters, digits, dot, underscore and hyphen.</summary>
    public required string Name { get; init; }

    /// <summary>What is stepped, and how.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>What is derived from the output at each boundary, in this order.</summary>
    public IReadOnlyList<DiagnosticSpec> Diagnostics { get; init; } = [];

    /// <summary>Where the initial condition comes from.</summary>
    public required InitialSpec Initial { get; init; }

    /// <summary>The boundaries after lead time zero.</summary>
    public required LeadTimeSpec LeadTimes { get; init; }

    /// <summary>Members, how they are cut into batches, and how they differ.</summary>
    public required EnsembleSpec Ensemble { get; init; }

    /// <summary>How a batch's domain is cut.</summary>
    public required RankSpec Ranks { get; init; }

    /// <summary>Where and how often sessions are committed.</summary>
    public required CheckpointSpec Checkpoint { get; init; }

    /// <summary>Where fields are written.</summary>
    public required OutputSpec Output { get; init; }

    /// <summary>What happens to batches that fail.</summary>
    public SupervisionSpec Supervision { get; init; } = new();

    /// <summary>By when how many members are to be complete.</summary>
    public DeadlineSpec Deadline { get; init; } = new();

    /// <summary>Faults that the run injects on purpose.</summary>
    public IReadOnlyList<InjectedFault> Faults { get; init; } = [];

    /// <summary>What this machine gives to the run.</summary>
    public required NodeSpec Node { get; init; }

    /// <summary>Which nodes of a cluster may have it, and when.</summary>
    public PlacementSpec Placement { get; init; } = new();

    /// <summary>How many model steps lie between two boundaries; <c>lead-times.every</c> is a whole multiple of
    /// <c>model.step</c>.</summary>
    public long StepsPerBoundary => LeadTimes.Every.Ticks / Model.Step.Ticks;

    /// <summary>How the members of all initial times are numbered.</summary>
    public MemberNumbers Members => new(Ensemble.Size, Initial.TimeCount);

    /// <summary>How many batches the members of all initial times are cut into; the last one of a time may be smaller than the
    /// others.</summary>
    public int BatchCount => (int)(((long)Ensemble.Size + Ensemble.BatchSize - 1) / Ensemble.BatchSize * Initial.TimeCount);

    /// <summary>The run of one of the initial times alone, from 0.</summary>
    public RunSpec At(int time) => Initial.LaterTimes.Count == 0 ? this : this with { Initial = Initial.At(time) };
}
