using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

// Messages to the registry of runs, from its own process or the cluster, and its answers. Values only.

// ------------------------------------------------------------------------------------------------------------------ submitting

/// <summary>Submits a run; answered by <see cref="RunAccepted"/> or <see cref="RunRefused"/>.</summary>
/// <param name="Spec">The whole spec, with absolute paths; a registry with rules for submissions checks it by them.</param>
/// <param name="Format">Its format.</param>
/// <param name="IdempotencyKey">A repeated submission with the same key returns the same run; null for none.</param>
/// <param name="Fresh">Start over: data of an earlier run in the folder is moved aside.</param>
/// <param name="Watch">Whether the sender receives the events of the run, from the first one on, as with <see cref="WatchRun"/>.</param>
public sealed record SubmitRun(
    string Spec, SpecFormat Format, string? IdempotencyKey = null, bool Fresh = false, bool Watch = false);

/// <summary>The registry has accepted a run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsNew">False if its key belongs to an earlier submission of it.</param>
public sealed record RunAccepted(string Id, bool IsNew);

/// <summary>A run was refused; nothing of it was begun.</summary>
/// <param name="Kind">What can be done about it.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Mistakes">The mistakes in the spec; empty for any other refusal.</param>
public sealed record RunRefused(RefusalKind Kind, string Reason, IReadOnlyList<SpecMistake> Mistakes);

/// <summary>What can be done about a refusal.</summary>
public enum RefusalKind
{
    /// <summary>The spec has mistakes, or does not fit the model or the machine: fix it.</summary>
    Spec,

    /// <summary>Its key was used for another spec, or its folder belongs to another run.</summary>
    Conflict,

    /// <summary>Data on disk cannot be used.</summary>
    Data,

    /// <summary>Another process has the run.</summary>
    Fenced,

    /// <summary>A temporary failure: send it again later, with the same key.</summary>
    Transient,

    /// <summary>Any other error.</summary>
    Fault,
}

/// <summary>
/// Checks a spec without submitting it; answered by <see cref="SpecChecked"/>, or by <see cref="RunRefused"/> as a submission would be.
/// </summary>
/// <param name="Spec">The whole spec, as in <see cref="SubmitRun"/>.</param>
/// <param name="Format">Its format.</param>
public sealed record CheckSpec(string Spec, SpecFormat Format) : IRegistryQuestion;

/// <summary>A spec has no mistakes.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="Spec">The resolved spec, JSON, as in <c>run.json</c>.</param>
public sealed record SpecChecked(string Name, string Spec);

// -------------------------------------------------------------------------------------------------------------------- commands
// Each is answered by CommandAccepted, NoSuchRun, NotApplicable or RegistryUnavailable, and may be sent again.

/// <summary>Cancels a run: waiting batches are dropped, running ones halt at their next boundary, durably.</summary>
public sealed record CancelRun(string Id);

/// <summary>Retries the failed and cancelled batches of a run that has ended.</summary>
public sealed record RetryRun(string Id);

/// <summary>Pauses a run at the next boundary of each batch; nothing more of it is granted.</summary>
public sealed record PauseRun(string Id);

/// <summary>Resumes a paused run.</summary>
public sealed record ResumeRun(string Id);

/// <summary>Makes the running batches of a run commit at their next boundaries.</summary>
public sealed record CommitRun(string Id);

/// <summary>A command is accepted, and journaled if it changes anything.</summary>
public sealed record CommandAccepted(string Id);

/// <summary>There is no such run.</summary>
/// <param name="Id">The run that was named.</param>
public sealed record NoSuchRun(string Id);

/// <summary>A command does not apply in the run's current state.</summary>
/// <param name="Reason">Why, and what would help.</param>
public sealed record NotApplicable(string Id, string Reason);

/// <summary>The journal does not answer. It is unknown whether a command arrived: send it again later.</summary>
/// <param name="Reason">What does not answer.</param>
public sealed record RegistryUnavailable(string Reason);

/// <summary>
/// Asks a node to hand back what it holds at the next boundaries, and to leave; answered by <see cref="DrainAccepted"/> or
/// <see cref="NoSuchNode"/>.
/// </summary>
public sealed record DrainNode(string Id);

/// <summary>The node was ordered to drain.</summary>
public sealed record DrainAccepted(string Id);

/// <summary>There is no such node.</summary>
/// <param name="Id">The node that was named.</param>
public sealed record NoSuchNode(string Id);

// ------------------------------------------------------------------------------------------------------------------- questions

/// <summary>A question changes nothing, and may be repeated.</summary>
public interface IRegistryQuestion;

/// <summary>Asks for runs, newest first; answered by <see cref="RunList"/>.</summary>
/// <param name="Limit">At most so many.</param>
/// <param name="Before">Only those submitted before this one; null for the newest.</param>
public sealed record ListRuns(int Limit, string? Before = null) : IRegistryQuestion;

/// <summary>Answers <see cref="ListRuns"/>.</summary>
public sealed record RunList(IReadOnlyList<RunRow> Runs)
{
    /// <summary>Their paces by id, if known.</summary>
    public IReadOnlyDictionary<string, RunPace> Paces { get; init; } = new Dictionary<string, RunPace>();
}

/// <summary>
/// Asks for a run; answered by <see cref="RunDescription"/>, <see cref="NoSuchRun"/> or <see cref="RegistryUnavailable"/>.
/// </summary>
public sealed record DescribeRun(string Id) : IRegistryQuestion;

/// <summary>Answers <see cref="DescribeRun"/>. Its batches are asked for by <see cref="ListBatches"/>.</summary>
/// <param name="Run">Its state.</param>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="Pace">Null if unknown.</param>
public sealed record RunDescription(RunRow Run, string Spec, RunPace? Pace);

/// <summary>
/// Asks for batches of a run, by first member; answered by <see cref="BatchList"/>, <see cref="NoSuchRun"/> or
/// <see cref="RegistryUnavailable"/>.
/// </summary>
/// <param name="After">Only those after this first member; null for all.</param>
/// <param name="Limit">At most so many.</param>
public sealed record ListBatches(string Id, int? After = null, int Limit = 1000) : IRegistryQuestion;

/// <summary>
/// Answers <see cref="ListBatches"/>: the opening (first = -2) and the closing (-1, once it is due) come before the members'.
/// </summary>
/// <param name="HasMore">Whether there are more after the last one.</param>
public sealed record BatchList(IReadOnlyList<BatchRow> Batches, bool HasMore);

/// <summary>Asks for the nodes; answered by <see cref="NodeList"/>.</summary>
public sealed record ListNodes : IRegistryQuestion;

/// <summary>Answers <see cref="ListNodes"/>.</summary>
/// <param name="Nodes">By name, without those that have been gone for an hour.</param>
public sealed record NodeList(IReadOnlyList<NodeRow> Nodes)
{
    /// <summary>When registries started, oldest first: on a new seed, or on one that took over.</summary>
    public IReadOnlyList<DateTimeOffset> RegistryBegan { get; init; } = [];
}

/// <summary>Asks for figures; answered by <see cref="RegistryFigures"/>.</summary>
public sealed record TakeFigures : IRegistryQuestion;

/// <summary>Answers <see cref="TakeFigures"/>.</summary>
/// <param name="Runs">Runs by state.</param>
/// <param name="Batches">Batches of members of the runs that have not ended, by state.</param>
/// <param name="Grants">Grants since this registry started.</param>
/// <param name="Reports">Reports since this registry started.</param>
public sealed record RegistryFigures(
    IReadOnlyDictionary<RunState, long> Runs, IReadOnlyDictionary<BatchState, long> Batches, IReadOnlyList<NodeRow> Nodes, long Grants,
    long Reports)
{
    /// <summary>Progress of runs that were opened and have not ended, or ended minutes ago; at most the newest 500.</summary>
    public IReadOnlyList<RunFigures> Progress { get; init; } = [];
}

// -------------------------------------------------------------------------------------------------------------------- watching

/// <summary>
/// Subscribes to a run: <see cref="RunHappened"/> for each event from now on, and <see cref="RunFinished"/> at its end. Answered by
/// <see cref="CommandAccepted"/>, <see cref="NoSuchRun"/>, <see cref="RegistryUnavailable"/>, or <see cref="RunFinished"/> if it has ended.
/// It ends with the watcher, and with the registry's process: the journal has everything that must not be missed.
/// </summary>
public sealed record WatchRun(string Id);

/// <summary>An event of a watched run.</summary>
/// <param name="Event">A <see cref="BoundaryReached"/> may be lost, and is in no journal.</param>
public sealed record RunHappened(string Id, RunEvent Event);

/// <summary>A watched run has ended.</summary>
/// <param name="Refusal">Why it could not be opened; null if it was.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record RunFinished(string Id, RunState State, RefusalKind? Refusal, string? Error);

/// <summary>Maps errors to refusals and back.</summary>
internal static class RefusalErrors
{
    /// <summary>The refusal that an error means.</summary>
    public static RunRefused ToRefusal(Exception error) =>
        new(KindOf(error), error.Message, error is RunSpecException spec ? spec.Mistakes : []);

    /// <summary>What can be done about an error.</summary>
    public static RefusalKind KindOf(Exception error) => error switch
    {
        SpecException => RefusalKind.Spec,
        DataException => RefusalKind.Data,
        FencedException => RefusalKind.Fenced,
        TransientException => RefusalKind.Transient,
        _ => RefusalKind.Fault,
    };

    /// <summary>The exception that a refusal means.</summary>
    public static Exception ToException(RefusalKind kind, string reason) => kind switch
    {
        RefusalKind.Spec or RefusalKind.Conflict => new SpecException(reason),
        RefusalKind.Data => new DataException(reason),
        RefusalKind.Fenced => new FencedException(reason),
        RefusalKind.Transient => new TransientException(reason),
        _ => new StepException(reason),
    };
}
