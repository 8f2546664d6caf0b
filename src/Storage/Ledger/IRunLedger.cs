namespace Cairn.Storage.Ledger;

/// <summary>
/// The database of runs, batches, leases, epochs, attempts, nodes, sessions and events. Every change and the event that tells of it are one
/// transaction. Every comparison of times uses the database's clock; a node's own is never sent.
/// </summary>
/// <remarks>
/// Every call may be sent again when its outcome is unknown: it has no further effect, and answers as the first would have.
/// </remarks>
/// <exception cref="TransientException">Any call: the database cannot be reached, or refused for now. Send it again later.</exception>
public interface IRunLedger : IAsyncDisposable
{
    // ------------------------------------------------------------------------------------------------------------------ runs

    /// <summary>Enters a run; the same <see cref="RunSubmission.IdempotencyKey"/> gives the run that it gave before.</summary>
    /// <returns>The run's id, and whether it is new.</returns>
    /// <exception cref="SpecException">
    /// A run that has not ended has the same checkpoint path, or the key was used for another spec.
    /// </exception>
    Task<(string RunId, bool IsNew)> SubmitAsync(RunSubmission run, CancellationToken cancel);

    /// <summary>Runs, the newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="before">Only runs that were submitted before this one; null for the newest.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IReadOnlyList<RunRow>> RunsAsync(int limit, string? before, CancellationToken cancel);

    /// <summary>One run; null when there is none.</summary>
    Task<RunRow?> RunAsync(string runId, CancellationToken cancel);

    /// <summary>The batches of a run, opening and closing included, in order of <see cref="BatchKey.First"/>.</summary>
    Task<IReadOnlyList<BatchRow>> BatchesAsync(string runId, CancellationToken cancel);

    /// <summary>The attempts at a run's batches, oldest first.</summary>
    Task<IReadOnlyList<AttemptRow>> AttemptsAsync(string runId, CancellationToken cancel);

    /// <summary>The sessions that were reported of a run's batches, oldest first.</summary>
    Task<IReadOnlyList<SessionRow>> SessionsAsync(string runId, CancellationToken cancel);

    /// <summary>Events in the order of their numbers, none left out and none added later between two that were given.</summary>
    /// <param name="runId">Of this run alone; null for all.</param>
    /// <param name="after">Only those with greater numbers.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IReadOnlyList<LedgerEvent>> EventsAsync(string? runId, long after, int limit, CancellationToken cancel);

    /// <summary>How many runs and batches stand where.</summary>
    Task<LedgerCounts> CountsAsync(CancellationToken cancel);

    /// <summary>Cancels a run: what waits is withdrawn, who holds a batch of it is told by the next heartbeat.</summary>
    Task<RunCommandOutcome> CancelAsync(string runId, CancellationToken cancel);

    /// <summary>Gives the failed and cancelled batches of a run that has ended another try; completed ones stay as they are.</summary>
    Task<RunCommandOutcome> RetryAsync(string runId, CancellationToken cancel);

    // ----------------------------------------------------------------------------------------------------------------- nodes

    /// <summary>Enters a node, or the same again.</summary>
    Task RegisterAsync(NodeRegistration node, CancellationToken cancel);

    /// <summary>Nodes, those that are gone for long left out, in order of their names.</summary>
    Task<IReadOnlyList<NodeRow>> NodesAsync(CancellationToken cancel);

    /// <summary>Asks a node to hand back its batches at the next boundary; it takes no more. False when there is no such node.</summary>
    Task<bool> DrainAsync(string nodeId, CancellationToken cancel);

    /// <summary>Tells that a node lives, renews its leases and brings back what it must know: one statement.</summary>
    Task<HeartbeatAnswer> HeartbeatAsync(Heartbeat heartbeat, CancellationToken cancel);

    /// <summary>A node leaves; what it still held may be claimed at once.</summary>
    Task LeaveAsync(string nodeId, CancellationToken cancel);

    // ---------------------------------------------------------------------------------------------------------------- leases

    /// <summary>
    /// Claims batches that wait, or whose lease has run out, each under a new epoch: by priority, openings first; then from the run with
    /// the fewest batches under way, those that the node ran last first, then by age. A batch that took too many nodes with it is failed
    /// instead. Openings and closings take one slot.
    /// </summary>
    Task<IReadOnlyList<ClaimedBatch>> ClaimAsync(ClaimRequest request, CancellationToken cancel);

    /// <summary>Allots the epoch for a start of a gang: above all that were allotted, and above what is on disk.</summary>
    /// <param name="lease">The lease of the batch.</param>
    /// <param name="onDisk">The highest epoch on disk.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The epoch. Asked again after an unknown outcome, it gives another, higher one: epochs may have gaps.</returns>
    /// <exception cref="FencedException">The lease is no longer this node's.</exception>
    Task<int> BeginEpochAsync(Lease lease, int onDisk, CancellationToken cancel);

    /// <summary>A run was opened: enters its batches, which wait from now on, and ends the opening and its lease.</summary>
    /// <exception cref="FencedException">The lease is no longer this node's.</exception>
    Task OpenedAsync(Lease lease, OpenedRun opened, CancellationToken cancel);

    /// <summary>Records a session that is durable on disk; it is reported from then on.</summary>
    /// <exception cref="FencedException">The lease is no longer this node's.</exception>
    Task RecordSessionAsync(Lease lease, SessionRecord session, CancellationToken cancel);

    /// <summary>Appends events of a batch to the journal.</summary>
    /// <exception cref="FencedException">The lease is no longer this node's.</exception>
    Task RecordEventsAsync(Lease lease, IReadOnlyList<EventRecord> events, CancellationToken cancel);

    /// <summary>
    /// Ends an attempt, and the lease with it. When the last batch of a run has ended, its closing waits; when that has, the run has ended.
    /// </summary>
    /// <exception cref="FencedException">The lease is no longer this node's, and the batch was not ended by it.</exception>
    Task EndAsync(Lease lease, AttemptEnd end, CancellationToken cancel);

    // --------------------------------------------------------------------------------------------------------------- waking

    /// <summary>
    /// Waits until something of a kind may have changed, or for <paramref name="atMost"/>: look again afterwards in either case.
    /// </summary>
    Task WaitAsync(LedgerChange change, TimeSpan atMost, CancellationToken cancel);
}

/// <summary>What can be waited for.</summary>
public enum LedgerChange
{
    /// <summary>Batches wait, or a node is asked for something.</summary>
    Work,

    /// <summary>There are new events.</summary>
    Events,
}
