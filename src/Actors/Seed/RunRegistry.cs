using System.Globalization;
using Cairn.Actors.Members;
using Cairn.Actors.Nodes;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Seed;

/// <summary>
/// Takes runs as messages, has them carried out by a node, and tells whoever submitted them how they ended. Everything in one process: the
/// run's lock on disk is what keeps others away.
/// </summary>
public sealed class RunRegistry : ReceiveActor
{
    private readonly Dictionary<string, ActiveRun> _runs = new(StringComparer.Ordinal);
    private readonly IActorRef _node;
    private int _submitted;

    /// <param name="node">The node's supervisor.</param>
    public RunRegistry(IActorRef node)
    {
        _node = node;
        Receive<SubmitRun>(OnSubmit);
        Receive<Opened>(OnOpened);
        Receive<Refused>(OnRefused);
        Receive<StopRun>(command => OnCommand(command.Id, new HaltBatch()));
        Receive<PauseRun>(command => OnCommand(command.Id, new PauseBatch()));
        Receive<ResumeRun>(command => OnCommand(command.Id, new ResumeBatch()));
        Receive<CommitRun>(command => OnCommand(command.Id, new CommitBatch()));
        Receive<BatchOfRunEnded>(OnBatchEnded);
        Receive<RunFinished>(OnFinished);
    }

    /// <summary>It has forgotten its runs when it comes back: their batches end, and whoever submitted them is told.</summary>
    protected override void PreRestart(Exception reason, object? message)
    {
        foreach (var (id, run) in _runs)
        {
            _node.Tell(new CommandBatches(run.Held.Open.Parts, new AbandonBatch()));
            run.From.Tell(new RunFinished(
                id, null, new BatchFailedException($"the registry of runs failed, and {id} with it: {reason.Message}", reason)));
        }

        base.PreRestart(reason, message);
    }

    private void OnSubmit(SubmitRun submitted)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{submitted.Spec.Name}-{++_submitted}");
        var from = Sender;
        DiskWork.Run(() => HeldRun.Take(submitted)).PipeTo(
            Self, success: run => new Opened(id, run, from), failure: error => new Refused(from, error));
    }

    private void OnOpened(Opened opened)
    {
        var run = new ActiveRun(opened.Run, opened.From);
        _runs.Add(opened.Id, run);
        opened.From.Tell(new RunAccepted(opened.Id));
        var (id, node, self) = (opened.Id, _node, Self);
        run.Batches = Context.ActorOf(Props.Create(() => new RunBatchesRelay(id, self)), $"batches-of-{id}");
        node.Tell(new RunBatches(run.Held.Open.Parts, run.Held.Open.Work, run.Held.Launcher), run.Batches);
        FinishWhenDone(opened.Id, run);
    }

    private static void OnRefused(Refused refused) => refused.From.Tell(new RunRefused(refused.Error));

    private void OnCommand(string id, object command)
    {
        if (_runs.TryGetValue(id, out var run))
        {
            _node.Tell(new CommandBatches(run.Held.Open.Parts, command));
            Sender.Tell(new RunTold(id));
        }
        else
        {
            Sender.Tell(new NoSuchRun(id));
        }
    }

    private void OnBatchEnded(BatchOfRunEnded ended)
    {
        var run = _runs[ended.Id];
        run.Ended.Add(ended.Batch);
        FinishWhenDone(ended.Id, run);
    }

    private void FinishWhenDone(string id, ActiveRun run)
    {
        if (run.Ended.Count < run.Held.Open.Work.Count)
        {
            return;
        }

        var ended = run.Ended.ToList();
        DiskWork.Run(() => run.Held.Finish(ended)).PipeTo(
            Self, success: result => new RunFinished(id, result, null), failure: error => new RunFinished(id, null, error));
    }

    private void OnFinished(RunFinished finished)
    {
        if (_runs.Remove(finished.Id, out var run))
        {
            Context.Stop(run.Batches);
            run.From.Tell(finished);
        }
    }

    private sealed class ActiveRun(HeldRun held, IActorRef from)
    {
        public HeldRun Held { get; } = held;

        public IActorRef From { get; } = from;

        public IActorRef Batches { get; set; } = ActorRefs.Nobody;

        public List<BatchEnded> Ended { get; } = [];
    }

    private sealed record Opened(string Id, HeldRun Run, IActorRef From);

    private sealed record Refused(IActorRef From, Exception Error);
}

/// <summary>A batch of a run has ended.</summary>
/// <param name="Id">The run.</param>
/// <param name="Batch">The batch.</param>
internal sealed record BatchOfRunEnded(string Id, BatchEnded Batch);

/// <summary>Tells the registry which run a batch belongs to: nodes answer whoever gave them the batches.</summary>
internal sealed class RunBatchesRelay : ReceiveActor
{
    public RunBatchesRelay(string id, IActorRef registry) =>
        Receive<BatchEnded>(ended => registry.Tell(new BatchOfRunEnded(id, ended)));
}
