using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

// What anybody may send to the registry of runs, in its own process or over the cluster, and what it answers. Values only.

// ------------------------------------------------------------------------------------------------------------------ submitting

/// <summary>Submits a run; answered by <see cref="RunAccepted"/> or <see cref="RunRefused"/>.</summary>
/// <param name="Spec">The whole spec, with absolute paths; a registry with rules for submissions checks it by them.</param>
/// <param name="Format">Its format.</param>
/// <param name="IdempotencyKey">The same key twice gives the same run; null for none.</param>
/// <param name="Fresh">Start over: data of an earlier run in the folder is moved aside.</param>
/// <param name="Watch">Whether the sender receives the events of the run, from the first one on, as with <see cref="WatchRun"/>.</param>
public sealed record SubmitRun(
    string Spec, SpecFormat Format, string? IdempotencyKey = null, bool Fresh = false, bool Watch = false);

/// <summary>A run is in the registry, and will be carried out.</summary>
/// <param name="Id">What to call it.</param>
/// <param name="IsNew">False when its key had given it before.</param>
public sealed record RunAccepted(string Id, bool IsNew);

/// <summary>A run cannot be taken up; nothing of it was begun.</summary>
/// <param name="Kind">What can be done about it.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Mistakes">The mistakes of a spec, one for each; empty for any other refusal.</param>
public sealed record RunRefused(RefusalKind Kind, string Reason, IReadOnlyList<SpecMistake> Mistakes);

/// <summary>What can be done about something that was refused, or could not be begun.</summary>
public enum RefusalKind
{
    /// <summary>The spec has mistakes, or does not fit the model or the machine: fix it.</summary>
    Spec,

    /// <summary>Its key was used for another spec, or its folder is another run's.</summary>
    Conflict,

    /// <summary>What is on disk cannot be used.</summary>
    Data,

    /// <summary>Another process is at it.</summary>
    Fenced,

    /// <summary>Not now: send it again later, under the same key.</summary>
    Transient,

    /// <summary>Something else went wrong.</summary>
    Fault,
}

/// <summary>
/// Asks what a submission would come to, and enters nothing; answered by <see cref="SpecChecked"/>, or by <see cref="RunRefused"/> as
/// the submission would be.
/// </summary>
/// <param name="Spec">The whole spec, as in <see cref="SubmitRun"/>.</param>
/// <param name="Format">How it is written.</param>
public sealed record CheckSpec(string Spec, SpecFormat Format) : IRegistryQuestion;

/// <summary>A spec has no mistakes.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="Spec">Every setting with its value, JSON, as <c>run.json</c> has them.</param>
public sealed record SpecChecked(string Name, string Spec);

// -------------------------------------------------------------------------------------------------------------------- commands
// Each is answered by RunTold, NoSuchRun, NotApplicable or RegistryAway, and may be sent again.

/// <summary>Ends a run: what waits is withdrawn, what is under way halts at its next boundary, durably.</summary>
/// <param name="Id">The run.</param>
public sealed record CancelRun(string Id);

/// <summary>Gives the batches of a run that has ended another try, if they failed or were cancelled; the others stay as they are.</summary>
/// <param name="Id">The run.</param>
public sealed record RetryRun(string Id);

/// <summary>Lets a run wait at the next boundary of each batch; nothing more of it is granted.</summary>
/// <param name="Id">The run.</param>
public sealed record PauseRun(string Id);

/// <summary>Lets a run that waits go on.</summary>
/// <param name="Id">The run.</param>
public sealed record ResumeRun(string Id);

/// <summary>Makes the batches of a run that are under way commit at their next boundaries.</summary>
/// <param name="Id">The run.</param>
public sealed record CommitRun(string Id);

/// <summary>A command is taken, and in the journal where it changes anything.</summary>
/// <param name="Id">The run.</param>
public sealed record RunTold(string Id);

/// <summary>There is no such run.</summary>
/// <param name="Id">The run that was named.</param>
public sealed record NoSuchRun(string Id);

/// <summary>A command means nothing where the run stands.</summary>
/// <param name="Id">The run.</param>
/// <param name="Reason">Why, and what would do.</param>
public sealed record NotApplicable(string Id, string Reason);

/// <summary>The journal does not answer for now. It is unknown whether a command arrived: send it again later.</summary>
/// <param name="Reason">What is away.</param>
public sealed record RegistryAway(string Reason);

/// <summary>
/// Asks a node to hand back what it holds at the next boundaries, and to leave; answered by <see cref="NodeTold"/> or
/// <see cref="NoSuchNode"/>.
/// </summary>
/// <param name="Id">The node.</param>
public sealed record DrainNode(string Id);

/// <summary>The node is informed.</summary>
/// <param name="Id">The node.</param>
public sealed record NodeTold(string Id);

/// <summary>There is no such node.</summary>
/// <param name="Id">The node that was named.</param>
public sealed record NoSuchNode(string Id);

// ------------------------------------------------------------------------------------------------------------------- questions

/// <summary>Changes nothing: it may be asked again while there is no answer.</summary>
public interface IRegistryQuestion;

/// <summary>Asks for runs, the newest first; answered by <see cref="RunList"/>.</summary>
/// <param name="Limit">At most so many.</param>
/// <param name="Before">Only those submitted before this one; null for the newest.</param>
public sealed record ListRuns(int Limit, string? Before = null) : IRegistryQuestion;

/// <summary>Answers <see cref="ListRuns"/>.</summary>
/// <param name="Runs">The runs.</param>
public sealed record RunList(IReadOnlyList<RunRow> Runs)
{
    /// <summary>How fast they go, by id: those of which anything is known.</summary>
    public IReadOnlyDictionary<string, RunPace> Paces { get; init; } = new Dictionary<string, RunPace>();
}

/// <summary>Asks for a run; answered by <see cref="RunDescription"/>, <see cref="NoSuchRun"/> or <see cref="RegistryAway"/>.</summary>
/// <param name="Id">The run.</param>
public sealed record DescribeRun(string Id) : IRegistryQuestion;

/// <summary>Answers <see cref="DescribeRun"/>. Its batches are asked for by <see cref="ListBatches"/>.</summary>
/// <param name="Run">Where it stands.</param>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="Pace">How fast it goes; null while nothing is known of that.</param>
public sealed record RunDescription(RunRow Run, string Spec, RunPace? Pace);

/// <summary>
/// Asks for batches of a run, in the order of their first members; answered by <see cref="BatchList"/>, <see cref="NoSuchRun"/> or
/// <see cref="RegistryAway"/>.
/// </summary>
/// <param name="Id">The run.</param>
/// <param name="After">Only those whose first member is greater; null for all.</param>
/// <param name="Limit">At most so many.</param>
public sealed record ListBatches(string Id, int? After = null, int Limit = 1000) : IRegistryQuestion;

/// <summary>
/// Answers <see cref="ListBatches"/>: the opening (first = -2) and the closing (-1, once it is due) come before the members'.
/// </summary>
/// <param name="Batches">The batches.</param>
/// <param name="HasMore">Whether there are more after the last one.</param>
public sealed record BatchList(IReadOnlyList<BatchRow> Batches, bool HasMore);

/// <summary>Asks for the nodes; answered by <see cref="NodeList"/>.</summary>
public sealed record ListNodes : IRegistryQuestion;

/// <summary>Answers <see cref="ListNodes"/>.</summary>
/// <param name="Nodes">In the order of their names; those that are gone for an hour are left out.</param>
public sealed record NodeList(IReadOnlyList<NodeRow> Nodes)
{
    /// <summary>When registries began, the oldest first: each time a seed was started, or took over from another one.</summary>
    public IReadOnlyList<DateTimeOffset> RegistryBegan { get; init; } = [];
}

/// <summary>Asks for figures; answered by <see cref="RegistryFigures"/>.</summary>
public sealed record TakeFigures : IRegistryQuestion;

/// <summary>Answers <see cref="TakeFigures"/>.</summary>
/// <param name="Runs">Runs by where they stand.</param>
/// <param name="Batches">Batches of members of the runs that have not ended, by where they stand.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="Grants">Grants since this registry began.</param>
/// <param name="Reports">Reports that were taken since then.</param>
public sealed record RegistryFigures(
    IReadOnlyDictionary<RunState, long> Runs, IReadOnlyDictionary<BatchState, long> Batches, IReadOnlyList<NodeRow> Nodes, long Grants,
    long Reports)
{
    /// <summary>How far runs are that were opened and have not ended, or ended minutes ago; the youngest, where they are many.</summary>
    public IReadOnlyList<RunFigures> Progress { get; init; } = [];
}

// -------------------------------------------------------------------------------------------------------------------- watching

/// <summary>
/// Asks for messages about a run from now on: <see cref="RunHappened"/> for each event, and <see cref="RunFinished"/> at its end.
/// Answered by <see cref="RunTold"/>, <see cref="NoSuchRun"/>, <see cref="RegistryAway"/>, or <see cref="RunFinished"/> if it has
/// ended. It ends with the watcher, and with the registry's process: the journal has everything that must not be missed.
/// </summary>
/// <param name="Id">The run.</param>
public sealed record WatchRun(string Id);

/// <summary>Something happened to a run that is watched.</summary>
/// <param name="Id">The run.</param>
/// <param name="Event">What. A <see cref="BoundaryReached"/> may be left out, and is in no journal.</param>
public sealed record RunHappened(string Id, RunEvent Event);

/// <summary>A run that is watched has ended.</summary>
/// <param name="Id">The run.</param>
/// <param name="State">How.</param>
/// <param name="Refusal">Why it could not be opened; null for a run that was.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record RunFinished(string Id, RunState State, RefusalKind? Refusal, string? Error);
