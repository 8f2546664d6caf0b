namespace Cairn.Engine.Rollouts;

/// <summary>How a run is carried out, besides what its spec says.</summary>
public sealed record RunOptions
{
    /// <summary>Start over; what an earlier run left is moved aside, not deleted.</summary>
    public bool Fresh { get; init; }

    /// <summary>On whose behalf a run that several nodes work on is opened and closed, for people; null where this process alone carries it
    /// out.</summary>
    public string? Owner { get; init; }

    /// <summary>Whether other processes step the run: this one does not load the weights that they do, and knows no more of an archive than
    /// its spec says.</summary>
    public bool StepsElsewhere { get; init; }

    /// <summary>The file system.</summary>
    public IDurableFiles Files { get; init; } = new PosixFiles();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The file system as <c>checkpoint.durability</c> asks for it.</summary>
    internal IDurableFiles FilesOf(RunSpec spec) =>
        spec.Checkpoint.Durability == CheckpointDurability.Full ? Files : new NoSyncFiles(Files);
}

/// <summary>How a run ended.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="Batches">Number of batches.</param>
/// <param name="Steps">Model steps that all batches took in this process.</param>
/// <param name="Elapsed">Wall-clock time.</param>
/// <param name="Failures">The batches that failed, and why.</param>
public sealed record RunResult(
    RunOutcome Outcome, int Batches, long Steps, TimeSpan Elapsed, IReadOnlyList<(MemberRange Batch, Exception Error)> Failures)
{
    /// <summary>The picture that was drawn of the fields, or null.</summary>
    public string? Picture { get; init; }
}
