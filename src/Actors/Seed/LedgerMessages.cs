using Cairn.Engine.Runs;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Seed;

// What a LedgerRegistry takes and answers. Whatever fails is answered with Status.Failure, which makes an Ask fail with its cause.

/// <summary>Enters a run whose spec comes as text; answered by <see cref="RunEntered"/>.</summary>
/// <param name="Text">The spec.</param>
/// <param name="Format">How it is written.</param>
/// <param name="IdempotencyKey">The same key twice gives the same run; null for none.</param>
public sealed record SubmitSpec(string Text, SpecFormat Format, string? IdempotencyKey);

/// <summary>Enters a run whose spec is read already, and trusted; answered by <see cref="RunEntered"/>.</summary>
/// <param name="Spec">The spec.</param>
/// <param name="IdempotencyKey">The same key twice gives the same run; null for none.</param>
public sealed record EnterRun(RunSpec Spec, string? IdempotencyKey);

/// <summary>A run is in the ledger.</summary>
/// <param name="Id">What to call it.</param>
/// <param name="IsNew">False when its key had given it before.</param>
public sealed record RunEntered(string Id, bool IsNew);

/// <summary>Asks for runs, the newest first; answered by <see cref="RunList"/>.</summary>
/// <param name="Limit">At most so many.</param>
/// <param name="Before">Only those submitted before this one; null for the newest.</param>
public sealed record ListRuns(int Limit, string? Before);

/// <summary>Answers <see cref="ListRuns"/>.</summary>
/// <param name="Runs">Without their specs.</param>
public sealed record RunList(IReadOnlyList<RunRow> Runs);

/// <summary>Asks for all that there is of a run; answered by <see cref="RunDescription"/> or <see cref="NoSuchRun"/>.</summary>
/// <param name="Id">The run.</param>
/// <param name="WithHistory">Whether attempts and sessions are asked for.</param>
public sealed record DescribeRun(string Id, bool WithHistory);

/// <summary>Answers <see cref="DescribeRun"/>.</summary>
/// <param name="Run">With its spec.</param>
/// <param name="Batches">Opening and closing included.</param>
/// <param name="Attempts">Oldest first.</param>
/// <param name="Sessions">Oldest first.</param>
public sealed record RunDescription(
    RunRow Run, IReadOnlyList<BatchRow> Batches, IReadOnlyList<AttemptRow> Attempts, IReadOnlyList<SessionRow> Sessions);

/// <summary>Asks for a run's events, and waits for some; answered by <see cref="RunEvents"/> or <see cref="NoSuchRun"/>.</summary>
/// <param name="Id">The run.</param>
/// <param name="After">Only those with greater numbers.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="Patience">The longest to wait where there are none; a run that has ended is not waited for.</param>
public sealed record ReadEvents(string Id, long After, int Limit, TimeSpan Patience);

/// <summary>Answers <see cref="ReadEvents"/>.</summary>
/// <param name="Events">In the order of their numbers; empty when none came in time.</param>
/// <param name="State">Where the run stood before they were read: when it had ended and they are empty, there are no more.</param>
public sealed record RunEvents(IReadOnlyList<LedgerEvent> Events, RunState State);

/// <summary>Cancels a run; answered by <see cref="RunTold"/>, <see cref="NoSuchRun"/> or <see cref="NotApplicable"/>.</summary>
/// <param name="Id">The run.</param>
public sealed record CancelRun(string Id);

/// <summary>
/// Gives the batches of a run that failed or were cancelled another try; answered as <see cref="CancelRun"/> is.
/// </summary>
/// <param name="Id">The run.</param>
public sealed record RetryRun(string Id);

/// <summary>Answers a command that means nothing where the run stands.</summary>
/// <param name="Id">The run.</param>
/// <param name="Reason">Why, and what would do.</param>
public sealed record NotApplicable(string Id, string Reason);

/// <summary>Asks for the nodes; answered by <see cref="NodeList"/>.</summary>
public sealed record ListNodes;

/// <summary>Answers <see cref="ListNodes"/>.</summary>
/// <param name="Nodes">In the order of their names.</param>
public sealed record NodeList(IReadOnlyList<NodeRow> Nodes);

/// <summary>
/// Asks a node to hand back what it holds at the next boundary; answered by <see cref="NodeTold"/> or <see cref="NoSuchNode"/>.
/// </summary>
/// <param name="Id">The node.</param>
public sealed record DrainNode(string Id);

/// <summary>The node will be told by its next heartbeat.</summary>
/// <param name="Id">The node.</param>
public sealed record NodeTold(string Id);

/// <summary>There is no such node.</summary>
/// <param name="Id">The node that was named.</param>
public sealed record NoSuchNode(string Id);

/// <summary>Asks whether the ledger answers; answered by <see cref="LedgerAnswered"/>.</summary>
public sealed record CheckLedger;

/// <summary>The ledger answers.</summary>
public sealed record LedgerAnswered;

/// <summary>Asks for figures of ledger and registry; answered by <see cref="RegistryFigures"/>.</summary>
public sealed record TakeFigures;

/// <summary>Answers <see cref="TakeFigures"/>.</summary>
/// <param name="Counts">What is in the ledger.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="Calls">How long the calls of this registry took.</param>
public sealed record RegistryFigures(LedgerCounts Counts, IReadOnlyList<NodeRow> Nodes, CallFigures Calls);
