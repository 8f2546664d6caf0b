using Cairn.Storage.Sessions;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Finds out where a batch stands and begins epochs for it: what must be done once before a gang starts, by whoever supervises it.
/// </summary>
internal sealed class BatchRestart
{
    private readonly RunParts _run;
    private readonly MemberRange _batch;
    private readonly BatchFolders _folders;
    private readonly ReportedSession _reported;

    public BatchRestart(RunParts run, MemberRange batch)
    {
        _run = run;
        _batch = batch;
        _folders = new BatchFolders(run, Warn);
        _reported = new ReportedSession(run.Lease?.Reported, () => _folders.Catalog(batch).Read().Sessions, run.Options.Time, Warn);
    }

    /// <summary>Which members are stepped, as earlier failures left it.</summary>
    public BatchMembers Members() => BatchMembers.Read(_run.Options.Files, _folders.PathsOf(_batch));

    /// <summary>Writes down what has become of members; before the gang that goes by it is begun.</summary>
    public void Keep(BatchMembers members) => members.Write(_run.Options.Files, _folders.PathOf(_batch));

    /// <summary>The newest restart that holds, or null to begin at the initial condition.</summary>
    /// <param name="members">Which members are stepped.</param>
    /// <param name="before">Only sessions at earlier boundaries than this.</param>
    public RestorePlan? Find(BatchMembers members, int? before = null)
    {
        var level = _run.Spec.Checkpoint.Level;
        var plan = _folders.FindRestart(_batch, members.Active(_batch), before, members);
        if (IsDone(plan) || (plan is not null && level >= 2))
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

    /// <summary>Whether a batch that restarts there has nothing left to do.</summary>
    public bool IsDone(RestorePlan? plan) => plan?.Boundary == _run.Schedule.Last && plan.IsOwn(_batch);

    /// <summary>Begins an epoch from the newest session that holds; older gangs are fenced when this returns.</summary>
    /// <returns>What to start the gang with; null when the batch has nothing left to do.</returns>
    /// <exception cref="FencedException">A newer epoch has begun.</exception>
    public GangStart? BeginNewest(BatchMembers members)
    {
        _reported.Await(_run.Lease?.Lost ?? CancellationToken.None);
        var plan = Find(members);
        if (IsDone(plan))
        {
            return null;
        }

        // What an older gang may still make durable in the meantime was never reported, and so is nobody's loss.
        var record = Begin(plan, EpochBase.Newest);
        return Start(record.Epoch, plan, members);
    }

    /// <summary>
    /// Begins an epoch from an older session, or from the initial condition where there is none: newer sessions never count again.
    /// </summary>
    /// <param name="members">Which members are stepped.</param>
    /// <param name="before">Only sessions at earlier boundaries than this; 0 for the initial condition.</param>
    /// <inheritdoc cref="BeginNewest"/>
    public GangStart BeginBefore(BatchMembers members, int before)
    {
        var plan = Find(members, before);
        return Start(Begin(plan, EpochBase.None).Epoch, plan, members);
    }

    private EpochRecord Begin(RestorePlan? plan, EpochBase otherwise)
    {
        var catalog = _folders.Catalog(_batch);
        var epoch = _run.Lease?.BeginEpoch(catalog.HighestEpoch);
        return catalog.BeginEpoch(Own(plan) is { } own ? EpochBase.Of(_folders.Found(own)) : otherwise, epoch);
    }

    private GangStart Start(int epoch, RestorePlan? plan, BatchMembers members) => new(_batch, epoch, plan, Own(plan)?.Session, members)
    {
        VerifyFrom = Own(plan) is null
            ? null
            : _folders.VerifiableBefore(_batch, plan!.Boundary, _run.Spec.Checkpoint.VerifyResume),
    };

    /// <summary>The one session of the batch's own catalog that a plan takes all from, or null.</summary>
    private RestoreCandidate? Own(RestorePlan? plan) => plan is not null && plan.IsOwn(_batch) ? plan.Sources.Values.First() : null;

    private void Warn(string text) => _run.Observer.On(new RunWarning(text) { Batch = _batch });
}
