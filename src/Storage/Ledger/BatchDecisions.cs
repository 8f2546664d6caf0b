namespace Cairn.Storage.Ledger;

/// <summary>What becomes of batches and runs: the ledger's decisions, for every database the same.</summary>
internal static class BatchDecisions
{
    /// <summary>What a batch is once its attempt has ended. A closing is for a cancelled run too, and is never withdrawn.</summary>
    public static BatchState AfterAttempt(AttemptOutcome outcome, BatchKey key, bool runIsCancelled) => outcome switch
    {
        AttemptOutcome.Completed => BatchState.Completed,
        AttemptOutcome.Failed => BatchState.Failed,
        _ => runIsCancelled && !key.IsClosing ? BatchState.Cancelled : BatchState.Waiting,
    };

    /// <summary>What a batch is once its lease has run out.</summary>
    /// <param name="key">The batch.</param>
    /// <param name="losses">Nodes that it was lost with since its last progress, this one included.</param>
    /// <param name="quarantineAfter">So many are too many.</param>
    /// <param name="runIsCancelled">Whether its run was cancelled.</param>
    public static BatchState AfterLoss(BatchKey key, int losses, int quarantineAfter, bool runIsCancelled) =>
        losses >= quarantineAfter ? BatchState.Failed : AfterAttempt(AttemptOutcome.HandedBack, key, runIsCancelled);

    /// <summary>Why a batch that took too many nodes with it is given to no other.</summary>
    public static string Quarantined(int losses, string node) => losses == 1
        ? $"quarantined: a node was lost with it ({node}). Look at its events, then retry the run."
        : $"quarantined: {losses} nodes in a row were lost with it without a session in between, the last of them {node}. Look at its "
            + "events, then retry the run.";

    /// <summary>How a run ends with its opening or its closing; null when it goes on. What the members did decides a closing.</summary>
    public static RunState? RunAfter(BatchKey key, BatchState state, int failed, int cancelled) =>
        (key.IsOpening, key.IsClosing, state) switch
        {
            (true, _, BatchState.Failed) or (_, true, BatchState.Failed) => RunState.Failed,
            (true, _, BatchState.Cancelled) => RunState.Cancelled,
            (_, true, BatchState.Completed) => failed > 0 ? RunState.Failed : cancelled > 0 ? RunState.Cancelled : RunState.Completed,
            _ => null,
        };

    /// <summary>What a run says of the batches that failed; null when none did.</summary>
    public static string? Failures(IReadOnlyList<(int First, int Last, string Error)> failed) => failed switch
    {
        [] => null,
        [var only] => $"the batch of {Members(only)} failed: {only.Error}",
        [var first, ..] => $"{failed.Count} batches failed, the first of them that of {Members(first)}: {first.Error}",
    };

    /// <summary>How an attempt's end is written down.</summary>
    public static string Word(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Completed => "completed",
        AttemptOutcome.Failed => "failed",
        _ => HandedBack,
    };

    public const string HandedBack = "handed back";

    public const string Lost = "lost";

    private static string Members((int First, int Last, string Error) batch) =>
        batch.First == batch.Last ? $"member {batch.First}" : $"members {batch.First} to {batch.Last}";
}
