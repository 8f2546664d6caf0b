using System.Text.Json.Serialization;
using Cairn.Storage.Sessions;

namespace Cairn.Engine.Rollouts;

/// <summary>Finds the state of a batch and starts epochs for it: what its supervisor must do once before a gang starts.</summary>
internal sealed class BatchRestart
{
    private readonly RunContext _run;
    private readonly MemberRange _batch;
    private readonly BatchFolders _folders;
    private readonly ReportedSession _reported;

    public BatchRestart(RunContext run, MemberRange batch, (string Session, TimeSpan LeadTime)? reported = null)
    {
        _run = run;
        _batch = batch;
        _folders = new BatchFolders(run, Warn);
        _reported = new ReportedSession(reported, () => _folders.Catalog(batch).Read().Sessions, run.Options.Time, Warn);
    }

    /// <summary>Which members are stepped, as earlier failures left it.</summary>
    public BatchMembers Members() => BatchMembers.Read(_run.Options.Files, _folders.PathsOf(_batch));

    /// <summary>Records what happened to members, before the gang that uses it is started.</summary>
    public void Keep(BatchMembers members) => members.Write(_run.Options.Files, _folders.PathOf(_batch));

    /// <summary>The newest restart that holds, or null to begin at the initial condition.</summary>
    public RestorePlan? Find(BatchMembers members, int? before = null)
    {
        var level = _run.Spec.Checkpoint.Level;
        var plan = _folders.FindRestart(_batch, members.Active(_batch), before, members);
        if (IsDone(plan, before) || (plan is not null && level >= 2))
            return plan;
        if (plan is not null || (before is null && _folders.HasStatelessSessions(_batch)))
            Warn(level < 2
                ? $"checkpoint.level = {level} keeps no model state: restarting from lead time zero"
                : "the sessions were written with a checkpoint.level below 2, which keeps no model state: restarting from lead time zero");
        return null;
    }

    /// <summary>Where the batch stands on disk: the newest session that holds, or the newest before a boundary. Waits for the session that
    /// was reported to be the newest.</summary>
    public RestartPoint Look(BatchMembers members, int? before = null, CancellationToken lost = default)
    {
        if (before is null)
            _reported.Await(lost);
        var plan = Find(members, before);
        return new RestartPoint(plan, before, IsDone(plan, before), _folders.Catalog(_batch).HighestEpoch);
    }

    /// <summary>Begins an epoch at a restart point; older gangs are fenced when this returns.</summary>
    public GangStart Begin(RestartPoint point, BatchMembers members, int epoch)
    {
        // Anything that an older gang may still make durable meanwhile was never reported, so nothing is lost.
        var otherwise = point.Before is null ? EpochBase.Newest : EpochBase.None;
        var from = Own(point.Plan) is { } own ? EpochBase.Of(_folders.Found(own)) : otherwise;
        return Start(_folders.Catalog(_batch).BeginEpoch(from, epoch).Epoch, point.Plan, members);
    }

    private GangStart Start(int epoch, RestorePlan? plan, BatchMembers members) => new(_batch, epoch, plan, Own(plan)?.Session, members)
    {
        VerifyFrom = Own(plan) is null
            ? null
            : _folders.VerifiableBefore(_batch, plan!.Boundary, _run.Spec.Checkpoint.VerifyResume),
    };

    /// <summary>Whether a batch that restarts there has nothing left to do.</summary>
    private bool IsDone(RestorePlan? plan, int? before) =>
        before is null && plan?.Boundary == _run.Schedule.Last && plan.IsOwn(_batch);

    /// <summary>The one session of the batch's own catalog that a plan takes all from, or null.</summary>
    private RestoreCandidate? Own(RestorePlan? plan) => plan is not null && plan.IsOwn(_batch) ? plan.Sources.Values.First() : null;

    private void Warn(string text) => _run.Observer.On(new RunWarning(text) { Batch = _batch });
}

/// <summary>Where a batch may restart.</summary>
/// <param name="Plan">Where each member takes its state from; null to begin at the initial condition.</param>
/// <param name="Before">Only sessions at earlier boundaries were looked at; null for all.</param>
/// <param name="IsDone">Whether nothing is left to do.</param>
/// <param name="HighestEpoch">The highest epoch on disk, or 0.</param>
internal sealed record RestartPoint(RestorePlan? Plan, int? Before, bool IsDone, int HighestEpoch)
{
    /// <summary>Its boundary; -1 for the initial condition.</summary>
    public int Boundary => Plan?.Boundary ?? -1;
}

/// <summary>What a gang is started with: everything that its ranks must agree on.</summary>
/// <param name="Epoch">The epoch, which has begun.</param>
/// <param name="Plan">Where each member takes its state from; null to begin at the initial condition.</param>
/// <param name="Session">The session of the batch's own catalog to go on from; null when there is none, or the plan takes others.</param>
/// <param name="Members">Which members are stepped.</param>
internal sealed record GangStart(MemberRange Batch, int Epoch, RestorePlan? Plan, string? Session, BatchMembers Members)
{
    /// <summary>An older session of the batch's own catalog to verify the restart from; null for none.</summary>
    public RestoreCandidate? VerifyFrom { get; init; }

    /// <summary>The boundary that the gang goes on after; -1 when it begins at the initial condition.</summary>
    [JsonIgnore]
    public int Boundary => Plan?.Boundary ?? -1;
}

/// <summary>The session that was reported as the newest of a batch. Another node made it, and a shared file system may take a moment to
/// show it here: restarting from an older one would repeat steps that must not be repeated.</summary>
/// <param name="reported">Its name and lead time; null when none was reported.</param>
/// <param name="read">Reads the batch's sessions again, the newest last.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Receives a warning about a session that does not appear.</param>
internal sealed class ReportedSession(
    (string Session, TimeSpan LeadTime)? reported, Func<IReadOnlyList<Session>> read, TimeProvider time, Action<string> warn)
{
    /// <summary>How long attributes and names may be cached by the usual mounts of NFS (acdirmax = 60 s), for the longest.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private bool _isDone = reported is null;

    /// <summary>Waits, once, until the session is there, or was superseded by a newer one; at most for <see cref="Longest"/>.</summary>
    public void Await(CancellationToken lost)
    {
        if (_isDone)
            return;
        var begun = time.GetTimestamp();
        while (!IsThere())
        {
            if (time.GetElapsedTime(begun) >= Longest)
            {
                warn($"the run's keeper names session {reported!.Value.Session} at lead time {LeadTimeText.Of(reported.Value.LeadTime)} as "
                    + $"the newest, but after {Longest.TotalSeconds:0} s it is not on this file system: restarting from an older one. Is "
                    + "the run's folder shared by all nodes?");
                break;
            }
            if (lost.IsCancellationRequested)
                throw new FencedException($"The grant was withdrawn while waiting for session {reported!.Value.Session}.");
            Task.Delay(Pause, time, CancellationToken.None).GetAwaiter().GetResult();
        }
        _isDone = true;
    }

    private bool IsThere() => read().Any(s => s.Id == reported!.Value.Session || s.LeadTime > reported.Value.LeadTime);
}
