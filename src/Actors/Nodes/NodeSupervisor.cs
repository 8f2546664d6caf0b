using System.Globalization;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Nodes;

/// <summary>Offers this process's slots: gives each batch a <see cref="MemberSupervisor"/> when there is room for it.</summary>
internal sealed class NodeSupervisor : ReceiveActor
{
    private readonly SlotQueue<Job> _queue;
    private readonly Dictionary<IActorRef, Job> _jobs = [];
    private readonly HashSet<RunParts> _paused = new(ReferenceEqualityComparer.Instance);
    private int _started;
    private Exception? _lastError;

    /// <param name="slots">Ranks that are stepped side by side.</param>
    public NodeSupervisor(int slots)
    {
        _queue = new SlotQueue<Job>(slots);
        Receive<RunBatches>(OnRun);
        Receive<CommandBatches>(OnCommand);
        Receive<BatchEnded>(OnEnded);
        Receive<Terminated>(OnTerminated);
    }

    /// <summary>A supervisor that failed has lost track of its gang: its batch is told as failed, the others go on.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        _lastError = error;
        return Directive.Stop;
    });

    /// <summary>Whoever gave it batches would wait for them for ever.</summary>
    protected override void PreRestart(Exception reason, object? message)
    {
        foreach (var job in _jobs.Values.Concat(_queue.Waiting))
        {
            var error = new BatchFailedException($"{job.Batch}: the supervisor of this node failed: {reason.Message}", reason);
            job.ReplyTo.Tell(new BatchEnded(job.Batch, 0, Completed: false, error));
        }

        base.PreRestart(reason, message);
    }

    private void OnRun(RunBatches work)
    {
        foreach (var batch in work.Batches)
        {
            _queue.Add(new Job(work.Run, batch, work.Launcher, Sender), work.Run.Spec.Ranks.Count);
        }

        StartWhatFits();
    }

    private void OnCommand(CommandBatches command)
    {
        switch (command.Command)
        {
            case HaltBatch or AbandonBatch:
                Withdraw(command.Run);
                break;
            case PauseBatch when _jobs.Values.Concat(_queue.Waiting).Any(job => ReferenceEquals(job.Run, command.Run)):
                _paused.Add(command.Run);
                break;
            case ResumeBatch:
                _paused.Remove(command.Run);
                break;
        }

        foreach (var (supervisor, _) in _jobs.Where(j => ReferenceEquals(j.Value.Run, command.Run)))
        {
            supervisor.Tell(command.Command);
        }

        // What waited behind those that were withdrawn may have room.
        StartWhatFits();
    }

    private void Withdraw(RunParts run)
    {
        foreach (var job in _queue.Withdraw(job => ReferenceEquals(job.Run, run)))
        {
            job.ReplyTo.Tell(new BatchEnded(job.Batch, 0, Completed: false, null));
        }
    }

    private void OnEnded(BatchEnded ended)
    {
        if (_jobs.Remove(Sender, out var job))
        {
            Context.Stop(Sender);
            Leave(job, ended);
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_jobs.Remove(terminated.ActorRef, out var job))
        {
            var error = new BatchFailedException($"{job.Batch}: its supervisor failed: {_lastError?.Message ?? "it ended"}", _lastError);
            job.Run.Observer.On(new BatchFailed(error) { Batch = job.Batch });
            Leave(job, new BatchEnded(job.Batch, 0, Completed: false, error));
        }
    }

    private void Leave(Job job, BatchEnded ended)
    {
        _queue.Ended(job);
        if (!_jobs.Values.Concat(_queue.Waiting).Any(other => ReferenceEquals(other.Run, job.Run)))
        {
            _paused.Remove(job.Run);
        }

        job.ReplyTo.Tell(ended);
        StartWhatFits();
    }

    private void StartWhatFits()
    {
        while (_queue.TryStart(out var job))
        {
            var (run, batch, launcher) = (job.Run, job.Batch, job.Launcher);
            var name = string.Create(CultureInfo.InvariantCulture, $"{batch.FolderName}-{++_started}");
            var supervisor = Context.ActorOf(Props.Create(() => new MemberSupervisor(run, batch, launcher)), name);
            _jobs.Add(supervisor, job);
            Context.Watch(supervisor);
            if (_paused.Contains(run))
            {
                supervisor.Tell(new PauseBatch());
            }
        }
    }

    private sealed record Job(RunParts Run, MemberRange Batch, IGangLauncher Launcher, IActorRef ReplyTo);
}
