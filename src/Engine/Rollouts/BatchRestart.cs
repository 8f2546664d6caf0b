using Cairn.Storage.Sessions;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Finds the state of a batch and starts epochs for it: what its supervisor must do once before a gang starts.
/// </summary>
internal sealed class BatchRestart
{
    private readonly RunContext _run;
    private readonly MemberRange _batch;
    private readonly BatchFolders _folders;
    private readonly ReportedSession _reported;

    /// <param name="run">The run.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="reported">The newest session that was reported, with its lead time; null when none was.</param>
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
    /// <param name="members">Which members are stepped.</param>
    /// <param name="before">Only sessions at earlier boundaries than this.</param>
    public RestorePlan? Find(BatchMembers members, int? before = null)
    {
        var level = _run.Spec.Checkpoint.Level;
        var plan = _folders.FindRestart(_batch, members.Active(_batch), before, members);
        if (IsDone(plan, before) || (plan is not null && level >= 2))
        {
            return plan;
        }

        if (plan is not null || (before is null && _folders.HasStatelessSessions(_batch)))
        {
            Warn(level < 2
                ? $"checkpoint.level = {level} keeps no model state: restarting from lead time zero"
                : "the sessions were written with a checkpoint.level below 2, which keeps no model state: restarting from lead time zero");
        }

        return null;
    }

    /// <summary>
    /// Where the batch stands on disk: the newest session that holds, or the newest before a boundary. Waits for the session that was
    /// reported to be the newest.
    /// </summary>
    /// <param name="members">Which members are stepped.</param>
    /// <param name="before">
    /// Only sessions at earlier boundaries than this, 0 for the initial condition; newer ones never count again.
    /// </param>
    /// <param name="lost">Ends the waiting: the batch is another's.</param>
    public RestartPoint Look(BatchMembers members, int? before = null, CancellationToken lost = default)
    {
        if (before is null)
        {
            _reported.Await(lost);
        }

        var plan = Find(members, before);
        return new RestartPoint(plan, before, IsDone(plan, before), _folders.Catalog(_batch).HighestEpoch);
    }

    /// <summary>Begins an epoch at a restart point; older gangs are fenced when this returns.</summary>
    /// <param name="point">What <see cref="Look"/> found last.</param>
    /// <param name="members">Which members are stepped.</param>
    /// <param name="epoch">The epoch, above all that are on disk.</param>
    /// <exception cref="FencedException">It is on disk already, or a newer one is.</exception>
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
