using System.Globalization;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>The registry's word that a node may run a batch, under one epoch.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">Above every epoch that was granted for the batch and every one that is on disk.</param>
/// <param name="Spec">The resolved spec, as <c>run.json</c> has it.</param>
/// <param name="Reported">The newest session that was reported; null before the first.</param>
/// <param name="Paused">Whether the batch waits at its first boundary.</param>
public sealed record Grant(string RunId, MemberRange Batch, int Epoch, string Spec, ReportedPlace? Reported, bool Paused)
{
    /// <summary>Where the ranks go when one node has too few slots for them; empty where they are all on this node.</summary>
    public IReadOnlyList<HostSlots> Hosts { get; init; } = [];
}

/// <summary>Slots of a machine, for <c>mpiexec</c>.</summary>
public sealed record HostSlots(string Host, int Slots);

/// <summary>A session that was reported: a restart waits for it to appear on the file system.</summary>
/// <param name="Session">Its name.</param>
/// <param name="LeadTime">Its lead time.</param>
public sealed record ReportedPlace(string Session, TimeSpan LeadTime);

/// <summary>
/// What happened to a batch, from its supervisor to the run's keeper. Kept and sent again until it is acknowledged; the keeper drops
/// doubles.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="GrantEpoch">The epoch of the grant that it is about.</param>
/// <param name="Number">Counts the reports of the grant, from 1.</param>
/// <param name="Event">
/// What happened. <see cref="BatchCompleted"/>, <see cref="BatchStopped"/> and <see cref="BatchFailed"/> are the last of a grant.
/// </param>
public sealed record BatchReport(string RunId, MemberRange Batch, int GrantEpoch, long Number, RunEvent Event);

/// <summary>The keeper has all reports of a grant up to this one.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="GrantEpoch">The epoch of the grant.</param>
/// <param name="Number">The newest report that it has.</param>
public sealed record ReportAcknowledged(string RunId, MemberRange Batch, int GrantEpoch, long Number);

/// <summary>A supervisor asks for the epoch of its batch's next gang.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="GrantEpoch">The epoch of the grant.</param>
/// <param name="Above">The highest epoch that it knows of: used before, or found on disk.</param>
public sealed record RequestEpoch(string RunId, MemberRange Batch, int GrantEpoch, int Above);

/// <summary>Answers <see cref="RequestEpoch"/>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">The epoch.</param>
public sealed record EpochGranted(string RunId, MemberRange Batch, int Epoch);

/// <summary>The batch is granted to another node, or to none: its gang ends at once, and nothing more is reported.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="GrantEpoch">The epoch of the grant.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record GrantWithdrawn(string RunId, MemberRange Batch, int GrantEpoch, string Reason);

/// <summary>An order to a batch.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Order">What to do.</param>
public sealed record BatchCommand(string RunId, MemberRange Batch, BatchOrder Order);

/// <summary>The orders to a batch.</summary>
public enum BatchOrder
{
    /// <summary>Halt at the next boundary, make all durable, and hand the batch back.</summary>
    Halt,

    /// <summary>Wait at the next boundary.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Commit at the next boundary.</summary>
    Commit,

    /// <summary>End at once, without making anything durable.</summary>
    Abandon,
}

/// <summary>Where a batch stands. May be lost; sent at most twice a second, and never kept.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Boundary">The boundary that all ranks have reached.</param>
/// <param name="LeadTime">Its lead time.</param>
/// <param name="Steps">Model steps taken under the grant.</param>
public sealed record BatchProgress(string RunId, MemberRange Batch, int Boundary, TimeSpan LeadTime, long Steps);

// -------------------------------------------------------------------------------------------- the opening and closing of a run
// Separate work, granted to any node that has room. Its events are BatchReports of RunWork.Opening and RunWork.Closing; a
// BatchFailed or BatchStopped ends it, too.

/// <summary>Names the opening and the closing of a run where batches are named.</summary>
public static class RunWork
{
    /// <summary>Lays out a run's folder, or finds it as it was left, and tells what there is to do.</summary>
    public static MemberRange Opening { get; } = new(-2, -2);

    /// <summary>Draws and derives what the run asks for, and lets its folder go.</summary>
    public static MemberRange Closing { get; } = new(-1, -1);

    /// <summary>As many batches as a run can have: an opening, and a closing, tells of them in one message.</summary>
    public const int MostBatches = 50_000;

    /// <summary>What it is, for logs and traces: <c>0-3</c>, <c>opening</c>, <c>closing</c>.</summary>
    public static string Label(MemberRange batch) => batch == Opening ? "opening" : batch == Closing ? "closing"
        : string.Create(CultureInfo.InvariantCulture, $"{batch.First}-{batch.Last}");

    /// <summary>What it is, for people.</summary>
    public static string Name(MemberRange batch) => batch == Opening ? "the opening" : batch == Closing ? "the closing" : $"{batch}";
}

/// <summary>A node may open a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Epoch">The epoch of the grant.</param>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="Fresh">Whether what an earlier run left is moved aside.</param>
public sealed record OpeningGrant(string RunId, int Epoch, string Spec, bool Fresh);

/// <summary>A node may close a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Epoch">The epoch of the grant.</param>
/// <param name="Spec">The resolved spec, JSON.</param>
/// <param name="Failures">The batches that failed, and why.</param>
/// <param name="Unfinished">The batches that did not fail and have not reached their ends.</param>
/// <param name="Steps">Model steps that all batches took, on any node.</param>
public sealed record ClosingGrant(
    string RunId, int Epoch, string Spec, IReadOnlyList<BatchFailure> Failures, IReadOnlyList<MemberRange> Unfinished, long Steps)
{
    /// <summary>How many members are left, the first ones, where others were dropped; null for all.</summary>
    public int? Members { get; init; }
}

/// <summary>A batch that failed, and why.</summary>
public sealed record BatchFailure(MemberRange Batch, string Error);

/// <summary>The last report of an opening: the run is laid out. Acknowledged as <see cref="BatchReport"/> is.</summary>
/// <param name="RunId">The run.</param>
/// <param name="GrantEpoch">The epoch of the grant.</param>
/// <param name="Number">Counts the reports of the grant, from 1.</param>
/// <param name="Batches">The batches that there is anything to do for, with the highest epoch on disk of each; may be empty.</param>
public sealed record OpeningReport(string RunId, int GrantEpoch, long Number, IReadOnlyList<BatchOnDisk> Batches);

/// <summary>A batch as it was found on disk.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">The highest epoch on disk; 0 where there is none.</param>
/// <param name="HasEnded">Whether nothing is left to do for it.</param>
public sealed record BatchOnDisk(MemberRange Batch, int Epoch, bool HasEnded = false);

/// <summary>The last report of an opening that could not be done.</summary>
/// <param name="RunId">The run.</param>
/// <param name="GrantEpoch">The epoch of the grant.</param>
/// <param name="Number">Counts the reports of the grant, from 1.</param>
/// <param name="Kind">What can be done about it.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record OpeningRefused(string RunId, int GrantEpoch, long Number, RefusalKind Kind, string Reason);

/// <summary>The last report of a closing that is done.</summary>
/// <param name="RunId">The run.</param>
/// <param name="GrantEpoch">The epoch of the grant.</param>
/// <param name="Number">Counts the reports of the grant, from 1.</param>
public sealed record ClosingReport(string RunId, int GrantEpoch, long Number);
