using System.Globalization;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>What a node is granted: a batch, or the opening or closing of a run.</summary>
internal interface IGrant
{
    string RunId { get; }

    MemberRange Batch { get; }

    int Epoch { get; }

    string Spec { get; }
}

/// <summary>Permission for a node to run a batch, under one epoch.</summary>
/// <param name="Epoch">Higher than every epoch that was granted for the batch or is on disk.</param>
/// <param name="Spec">The resolved spec, as in <c>run.json</c>.</param>
/// <param name="Reported">The newest reported session; null before the first.</param>
/// <param name="Paused">Whether the batch waits at its first boundary.</param>
public sealed record Grant(string RunId, MemberRange Batch, int Epoch, string Spec, NewestSession? Reported, bool Paused) : IGrant
{
    /// <summary>Where the ranks go if one node has too few slots for them; empty if all are on this node.</summary>
    public IReadOnlyList<HostSlots> Hosts { get; init; } = [];
}

/// <summary>Slots of a machine, for <c>mpiexec</c>.</summary>
public sealed record HostSlots(string Host, int Slots);

/// <summary>A session that was reported: a restart waits for it to appear on the file system.</summary>
public sealed record NewestSession(string Session, TimeSpan LeadTime);

/// <summary>A report under a grant, from a node to the run's keeper: resent until acknowledged; the keeper drops duplicates.</summary>
internal interface IGrantReport
{
    string RunId { get; }

    MemberRange Batch { get; }

    int GrantEpoch { get; }

    /// <summary>Counts the reports of the grant, from 1.</summary>
    long Number { get; }
}

/// <summary>An event of a batch, an opening or a closing.</summary>
/// <param name="GrantEpoch">The epoch of the grant.</param>
/// <param name="Number">Counts the reports of the grant, from 1.</param>
/// <param name="Event">
/// <see cref="BatchCompleted"/>, <see cref="BatchStopped"/> and <see cref="BatchFailed"/> are the last of a grant.
/// </param>
public sealed record BatchReport(string RunId, MemberRange Batch, int GrantEpoch, long Number, RunEvent Event) : IGrantReport;

/// <summary>The keeper has all reports of a grant up to <paramref name="Number"/>.</summary>
public sealed record ReportAcknowledged(string RunId, MemberRange Batch, int GrantEpoch, long Number);

/// <summary>A supervisor asks for the epoch of its batch's next gang.</summary>
/// <param name="Above">The highest epoch that it knows: used before, or found on disk.</param>
public sealed record RequestEpoch(string RunId, MemberRange Batch, int GrantEpoch, int Above);

/// <summary>Answers <see cref="RequestEpoch"/>.</summary>
public sealed record EpochGranted(string RunId, MemberRange Batch, int Epoch);

/// <summary>The grant is no longer valid: its gang ends at once and reports nothing more.</summary>
/// <param name="Reason">For people.</param>
public sealed record GrantWithdrawn(string RunId, MemberRange Batch, int GrantEpoch, string Reason);

/// <summary>An order to a batch.</summary>
public sealed record BatchCommand(string RunId, MemberRange Batch, BatchOrder Order);

/// <summary>The orders to a batch.</summary>
public enum BatchOrder
{
    /// <summary>Halt at the next boundary, make everything durable, and hand the batch back.</summary>
    Halt,

    /// <summary>Wait at the next boundary.</summary>
    Pause,

    /// <summary>Continue.</summary>
    Resume,

    /// <summary>Commit at the next boundary.</summary>
    Commit,

    /// <summary>End at once, without making anything durable.</summary>
    Abandon,
}

/// <summary>The progress of a batch. May be lost: sent at most twice a second, never resent.</summary>
/// <param name="Boundary">The boundary that all ranks have reached.</param>
/// <param name="Steps">Model steps taken under the grant.</param>
public sealed record BatchProgress(string RunId, MemberRange Batch, int Boundary, TimeSpan LeadTime, long Steps);

// -------------------------------------------------------------------------------------------- the opening and closing of a run
// Granted separately, to any node that has room. Their events are BatchReports of RunWork.Opening and RunWork.Closing; a BatchFailed or
// BatchStopped ends them, too.

/// <summary>The opening and the closing of a run, in place of a range of members.</summary>
public static class RunWork
{
    /// <summary>Creates a run's folder or checks the existing one, and reports the batches.</summary>
    public static MemberRange Opening { get; } = new(-2, -2);

    /// <summary>Derives the outputs that the run asks for, and releases its folder.</summary>
    public static MemberRange Closing { get; } = new(-1, -1);

    /// <summary>The most batches a run can have: one message must be able to list them.</summary>
    public const int MaxBatches = 50_000;

    /// <summary>A short name for logs and traces: <c>0-3</c>, <c>opening</c>, <c>closing</c>.</summary>
    public static string Label(MemberRange batch) => batch == Opening ? "opening" : batch == Closing ? "closing"
        : string.Create(CultureInfo.InvariantCulture, $"{batch.First}-{batch.Last}");

    /// <summary>A name for people.</summary>
    public static string Name(MemberRange batch) => batch == Opening ? "the opening" : batch == Closing ? "the closing" : $"{batch}";
}

/// <summary>Permission to open a run.</summary>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="Fresh">Whether data of an earlier run is moved aside.</param>
public sealed record OpeningGrant(string RunId, int Epoch, string Spec, bool Fresh) : IGrant
{
    MemberRange IGrant.Batch => RunWork.Opening;
}

/// <summary>Permission to close a run.</summary>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="Failures">The batches that failed, and why.</param>
/// <param name="Unfinished">The batches that neither failed nor reached their ends.</param>
/// <param name="Steps">Model steps of all batches, on any node.</param>
public sealed record ClosingGrant(
    string RunId, int Epoch, string Spec, IReadOnlyList<BatchFailure> Failures, IReadOnlyList<MemberRange> Unfinished, long Steps) : IGrant
{
    /// <summary>How many members remain, the first ones, if others were dropped; null for all.</summary>
    public int? Members { get; init; }

    MemberRange IGrant.Batch => RunWork.Closing;
}

/// <summary>A batch that failed, and why.</summary>
public sealed record BatchFailure(MemberRange Batch, string Error);

/// <summary>The last report of an opening: the run's folder is ready.</summary>
/// <param name="Batches">The batches that are not finished, may be none.</param>
public sealed record OpeningReport(string RunId, int GrantEpoch, long Number, IReadOnlyList<BatchOnDisk> Batches) : IGrantReport
{
    MemberRange IGrantReport.Batch => RunWork.Opening;
}

/// <summary>A batch as found on disk.</summary>
/// <param name="Epoch">The highest epoch on disk; 0 for none.</param>
/// <param name="HasEnded">Whether nothing is left to do for it.</param>
public sealed record BatchOnDisk(MemberRange Batch, int Epoch, bool HasEnded = false);

/// <summary>The last report of an opening that failed.</summary>
/// <param name="Kind">What can be done about it.</param>
/// <param name="Reason">For people.</param>
public sealed record OpeningRefused(string RunId, int GrantEpoch, long Number, RefusalKind Kind, string Reason) : IGrantReport
{
    MemberRange IGrantReport.Batch => RunWork.Opening;
}

/// <summary>The last report of a closing.</summary>
public sealed record ClosingReport(string RunId, int GrantEpoch, long Number) : IGrantReport
{
    MemberRange IGrantReport.Batch => RunWork.Closing;
}
