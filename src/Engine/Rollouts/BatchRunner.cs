using Cairn.Engine.Perturbations;
using Cairn.Engine.Torch;
using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Runs one batch of a run from its newest session to the end: finds what it may restart from, takes an epoch, and hands the stepping to
/// <see cref="BatchRollout"/>.
/// </summary>
internal sealed class BatchRunner
{
    private const int ChunksInFlight = 64;

    private readonly RunParts _run;
    private readonly MemberRange _batch;
    private readonly BatchFolders _folders;

    public BatchRunner(RunParts run, MemberRange batch)
    {
        _run = run;
        _batch = batch;
        _folders = new BatchFolders(run, warning => Tell(new RunWarning(warning)));
    }

    /// <summary>Model steps taken in this process, also by a batch that failed.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs the batch on the calling thread. Returns whether it reached its last boundary; else it was asked to stop.</summary>
    /// <exception cref="CairnException">The batch failed; its sessions stay.</exception>
    public bool Run(CancellationToken stop)
    {
        TorchRuntime.SetThreads(_run.Spec.Model.Threads);
        var plan = FindRestart();
        if (IsDone(plan))
        {
            // Nothing is left to do, and so there is nothing to begin an epoch for.
            _run.Store.SetCommitted([.. _batch.Members], _run.Schedule.LeadTime(_run.Schedule.Last));
            Tell(new BatchCompleted(0));
            return true;
        }

        return Step(plan, stop);
    }

    private bool Step(RestorePlan? plan, CancellationToken stop)
    {
        var checkpoint = _folders.Open(_batch);
        var own = plan is not null && plan.IsOwn(_batch);
        var from = own ? checkpoint.Sessions.Single(row => row.CommitId == plan!.Sources[_batch.First].Session) : null;
        var epoch = checkpoint.BeginEpoch(from: from).Epoch;
        using var session = checkpoint.Open();
        session.Committed += OnCommitted;
        Tell(new BatchStarted(
            epoch, plan?.Boundary ?? -1, plan is null ? TimeSpan.Zero : _run.Schedule.LeadTime(plan.Boundary),
            own ? session.CommitId : null));

        var perturbation = _run.NewPerturbation();
        perturbation.Bind(session);
        using var writer = new FieldWriter(_run.Store, ChunksInFlight, $"fields of {_batch}");
        using var rollout = new BatchRollout(new BatchRolloutParts(
            _run.Model, _batch, _run.Schedule, _run.Output, RolloutBinding.To(session), writer, Metadata, Tell));
        try
        {
            Start(rollout, session, plan, perturbation);
            var completed = rollout.Run(stop);
            Tell(completed
                ? new BatchCompleted(rollout.Steps)
                : new BatchStopped(rollout.Boundary, _run.Schedule.LeadTime(rollout.Boundary), rollout.Steps));
            return completed;
        }
        finally
        {
            Steps = rollout.Steps;
        }
    }

    private bool IsDone(RestorePlan? plan) => plan?.Boundary == _run.Schedule.Last && plan.IsOwn(_batch);

    private RestorePlan? FindRestart()
    {
        var level = _run.Spec.Checkpoint.Level;
        var plan = _folders.FindRestart(_batch);
        if (IsDone(plan) || (plan is not null && level >= 2))
        {
            return plan;
        }

        if (plan is not null || _folders.HasStatelessSessions(_batch))
        {
            Tell(new RunWarning(level < 2
                ? $"checkpoint.level = {level} keeps no model state: restarting from lead time zero"
                : "the sessions were written with a checkpoint.level below 2, which keeps no model state: restarting from lead time zero"));
        }

        return null;
    }

    private void Start(BatchRollout rollout, CheckpointSession session, RestorePlan? plan, IPerturbation perturbation)
    {
        if (plan is not null)
        {
            // A process killed between its last commit and this mark left it behind.
            _run.Store.SetCommitted([.. _batch.Members], _run.Schedule.LeadTime(plan.Boundary));
        }

        if (plan is null)
        {
            session.WriteCount = 0;
            using var same = _run.Initial.ToBatch(_batch.Count, _run.Model.Description);
            using var fields = perturbation.Apply(same, [.. _batch.Members], _run.Spec.Checkpoint.Level);
            rollout.Begin(fields);
        }
        else if (plan.IsOwn(_batch))
        {
            rollout.Resume(plan.Boundary);
        }
        else
        {
            var restored = RestoredMembers.Read(_batch, plan, _folders.Select, perturbation);
            session.WriteCount = plan.Boundary + 1;
            rollout.Resume(plan.Boundary, restored.States, restored.OpenChunk);
            rollout.Keep();
        }
    }

    private Dictionary<string, object?> Metadata(int boundary) => new(StringComparer.Ordinal)
    {
        ["lead_time"] = LeadTimeText.ToNumpy(_run.Schedule.LeadTime(boundary)),
        ["members"] = _batch.Members.Select(member => (object?)(long)member).ToList(),
    };

    private void OnCommitted(CheckpointRow row)
    {
        var leadTime = row.LeadTime ?? throw new DataException($"Commit {row.CommitId} of {_batch} was written without a lead time.");
        _run.Store.SetCommitted([.. _batch.Members], leadTime);
        Tell(new SessionCommitted(row.CommitId, _run.Schedule.BoundaryAt(leadTime) ?? -1, leadTime));
    }

    private void Tell(RunEvent runEvent) => _run.Observer.On(runEvent with { Batch = _batch });
}
