using System.Globalization;
using Akka.Pattern;
using Cairn.Actors.Members;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Nodes;

/// <summary>
/// A node: registers and reports what it holds, takes grants, loads their runs, and has a <see cref="MemberSupervisor"/> step each batch
/// or a <see cref="GrantTask"/> open or close a run. When drained it hands everything back at a boundary, and leaves.
/// </summary>
internal sealed class NodeSupervisor : ReceiveActor, IWithTimers
{
    private readonly HeldGrants _held = new();
    private readonly RunLaunchers _launchers = new(static actor => Context.Stop(actor));
    private readonly NodeSetup _setup;
    private readonly NodeInfo _node;
    private readonly NodeMeter _meter;
    private readonly GrantWork _work;
    private long _hellos;
    private int _started;
    private string? _registry;
    private string? _drainReason;
    private int _abandoned;
    private bool _hasLeft;

    public NodeSupervisor(NodeSetup setup)
    {
        (_setup, _node) = (setup, setup.Identity());
        _meter = new NodeMeter(_node.Slots);
        _work = new GrantWork(setup.Runs.IsPatient, (text, grant) => Say(text, grant));
        Receive<SayHello>(_ => Hello());
        Receive<NodeKnown>(OnKnown);
        Receive<NodeDismissed>(OnDismissed, dismissed => dismissed.Id == _node.Id);
        Receive<IGrant>(OnGrant);
        Receive<Loaded>(OnLoaded);
        Receive<LoadFailed>(OnLoadFailed);
        Receive<GrantWithdrawn>(withdrawn =>
        {
            if (_held.Find(withdrawn.RunId, withdrawn.Batch, withdrawn.GrantEpoch) is { } held)
                Withdraw(held, withdrawn);
        });
        Receive<BatchCommand>(OnCommand);
        Receive<BatchEnded>(_ => OnEnded());
        Receive<GrantTaskEnded>(_ => OnEnded());
        Receive<Terminated>(OnTerminated);
        Receive<NodeDrain>(drain => OnDrain(drain.Reason));
        Receive<AbandonNode>(_ => OnAbandon());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsEmptied => _drainReason is not null && _held.Count == 0;

    /// <summary>A node that failed, or was dismissed, restarts under a new id, without grants.</summary>
    public static Props Props(NodeSetup setup) => BackoffSupervisor.Props(
        Backoff.OnStop(
            Akka.Actor.Props.Create(() => new NodeSupervisor(setup)), "supervisor", TimeSpan.FromMilliseconds(500),
            TimeSpan.FromSeconds(10), 0.2, -1)
        .WithSupervisorStrategy(new OneForOneStrategy(error =>
        {
            setup.Say(new NodeLine($"the node failed, and starts over: {error.Message}") { IsWarning = true });
            return Directive.Stop;
        })));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("hello", new SayHello(), _setup.HelloInterval);
        Hello();
    }

    protected override void PostStop()
    {
        foreach (var held in _held.All)
            Release(held);

        _meter.Dispose();
        base.PostStop();
    }

    /// <summary>A failed supervisor of a grant has lost its state: its keeper is informed, and grants again.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (_held.Find(Sender) is { } held)
            held.Failure = error.Message;

        return Directive.Stop;
    });

    // --------------------------------------------------------------------------------------------------------- membership

    private void Hello()
    {
        if (_hasLeft)
            return;

        if (IsEmptied)
        {
            _setup.Registry.Tell(new NodeLeaves(_node.Id));
            return;
        }

        var isDraining = _drainReason is not null;
        var holds = _held.All.Select(h => new HeldGrant(
            h.Grant.RunId, h.Grant.Batch, h.Grant.Epoch, h.IsPaused, h.IsHalting || isDraining, h.Broken)).ToList();
        _setup.Registry.Tell(new NodeHello(_node, ++_hellos, holds, isDraining, _setup.Load()));
    }

    private void OnKnown(NodeKnown known)
    {
        if (known.Registry != _registry)
        {
            Say(_registry is null ? "the registry of runs knows this node" : "another registry of runs knows this node");
            _registry = known.Registry;
        }

        if (known.Number == 0 && IsEmptied && !_hasLeft)
        {
            _hasLeft = true;
            _setup.Left(new NodeLeft(_drainReason!, _abandoned));
        }
    }

    private void OnDismissed(NodeDismissed dismissed)
    {
        Say($"this node ends its batches, and joins again as a new node: {dismissed.Reason}");
        Context.Stop(Self);
    }

    private void OnDrain(string reason)
    {
        if (_drainReason is null)
        {
            _drainReason = reason;
            Say($"draining: {reason}");
            OrderAll(BatchOrder.Halt);
        }

        if (_registry is null && _held.Count == 0)
        {
            // No registry knows this node, so none has to confirm that it leaves.
            _hasLeft = true;
            _setup.Left(new NodeLeft(reason, 0));
        }

        Hello();
    }

    private void OnAbandon()
    {
        _abandoned = _held.Count;
        OrderAll(BatchOrder.Abandon);
    }

    private void Say(string text, IGrant? about = null, bool isWarning = false) => _setup.Say(new NodeLine(text)
    {
        Node = _node.Id, Run = about?.RunId, Batch = about?.Batch, Epoch = about?.Epoch, IsWarning = isWarning,
    });

    // --------------------------------------------------------------------------------------------------------- grants

    private void OnGrant(IGrant grant)
    {
        if (_held.Find(grant.RunId, grant.Batch) is { } held)
        {
            // The older grant was withdrawn, and is about to end.
            if (grant.Epoch > held.Grant.Epoch)
            {
                held.Next = grant;
                Withdraw(held, new GrantWithdrawn(grant.RunId, grant.Batch, held.Grant.Epoch, "it is granted again"));
            }
        }
        else if (!_held.HasEnded(grant))
        {
            Begin(grant);
        }
    }

    private void Begin(IGrant grant)
    {
        var held = _held.Add(grant);
        held.IsHalting = _drainReason is not null;
        _meter.Holds(_held.Count);
        if (held.IsHalting)
        {
            StartTask(held, static (_, _) => throw new OperationCanceledException());
            return;
        }

        Say($"took {Name(grant)}", grant);
        held.UsesRun = true;
        var loading = _setup.Runs.TakeAsync(grant.RunId, grant.Spec, held.IsFresh);
        var (work, cancel) = (_work, held.Cancel.Token);
        switch (grant)
        {
            case OpeningGrant opening:
                StartTask(held, (observer, lost) => work.Open(opening, loading, observer, lost));
                break;
            case ClosingGrant closing:
                held.StartWhenRanksGone = () => StartTask(held, (observer, lost) => work.Close(closing, loading, observer, lost));
                StopRanksBeforeClosing(grant.RunId);
                break;
            case Grant batch:
                OwnThread.Run(() => work.Retry(batch, () => loading.GetAwaiter().GetResult().Attach(), cancel)).PipeTo(
                    Self, success: run => new Loaded(batch, run.Run, run.Launcher), failure: error => new LoadFailed(batch, error));
                break;
        }
    }

    /// <summary>A run's rank processes must be gone before it is closed.</summary>
    private void StopRanksBeforeClosing(string run)
    {
        if (_launchers.Stop(run))
            return;

        foreach (var held in _held.OfRun(run).Where(h => h.StartWhenRanksGone is not null).ToList())
        {
            (var start, held.StartWhenRanksGone) = (held.StartWhenRanksGone!, null);
            start();
        }
    }

    private void OnLoaded(Loaded loaded)
    {
        if (_held.Find(loaded.Grant) is not { } held)
            return;

        if (held.IsWithdrawn)
        {
            Remove(held);
            return;
        }

        var launcher = _launchers.GetOrStart(loaded.Grant.RunId, () => Start(loaded.Launcher, "ranks"));
        var setup = new MemberSupervisorSetup(loaded.Grant, loaded.Run, launcher, _setup.Registry);
        held.Actor = Start(MemberSupervisor.Props(setup), loaded.Grant.Batch.FolderName);
        if (held.IsPaused != loaded.Grant.Paused)
            held.Actor.Tell(held.IsPaused ? new PauseBatch() : new ResumeBatch());

        if (held.IsHalting)
            held.Actor.Tell(new HaltBatch());
    }

    private void OnLoadFailed(LoadFailed failed)
    {
        if (_held.Find(failed.Grant) is { } held)
            StartTask(held, (_, _) => held.IsWithdrawn || held.IsHalting ? throw new OperationCanceledException() : throw failed.Error);
    }

    private void StartTask(Held held, Func<IRunObserver, CancellationToken, Func<long, IGrantReport>> work) =>
        held.Actor = Start(GrantTask.Props(new GrantTaskSetup(held.Grant, _setup.Registry, work)), "task");

    private IActorRef Start(Props props, string name) =>
        Context.Watch(Context.ActorOf(props, string.Create(CultureInfo.InvariantCulture, $"{name}-{++_started}")));

    // ----------------------------------------------------------------------------------------------------- orders and ends

    private void OnCommand(BatchCommand command)
    {
        if (_held.Find(command.RunId, command.Batch) is { } held)
            Order(held, command.Order);
    }

    private void OrderAll(BatchOrder order)
    {
        foreach (var held in _held.All)
            Order(held, order);
    }

    private static void Order(Held held, BatchOrder order)
    {
        if (order is BatchOrder.Halt or BatchOrder.Abandon)
        {
            held.IsHalting = true;
            held.Cancel.Cancel();
        }
        else if (order is BatchOrder.Pause or BatchOrder.Resume)
        {
            held.IsPaused = order == BatchOrder.Pause;
        }

        held.Actor.Tell(order switch
        {
            BatchOrder.Halt => new HaltBatch(),
            BatchOrder.Abandon => new AbandonBatch(),
            BatchOrder.Pause => new PauseBatch(),
            BatchOrder.Resume => new ResumeBatch(),
            _ => (object)new CommitBatch(),
        });
    }

    private void Withdraw(Held held, GrantWithdrawn withdrawn)
    {
        held.IsWithdrawn = true;
        held.Cancel.Cancel();
        if (held.Broken is not null || held.StartWhenRanksGone is not null)
        {
            Remove(held);
        }
        else
        {
            // A grant whose run is still loading has no actor yet; it is removed once loading ends.
            held.Actor.Tell(withdrawn);
        }
    }

    private void OnEnded()
    {
        if (_held.Find(Sender) is { } held)
        {
            Context.Unwatch(held.Actor);
            Context.Stop(held.Actor);
            Remove(held);
        }
    }

    private void Remove(Held held)
    {
        var run = held.Grant.RunId;
        _held.Remove(held);
        _meter.Holds(_held.Count);
        Release(held);
        if (!_held.OfRun(run).Any(h => h.StartWhenRanksGone is null))
            _launchers.Stop(run);

        if (held.Next is { } next)
            Begin(next);

        if (IsEmptied)
            Hello();
    }

    private void Release(Held held)
    {
        held.Cancel.Cancel();
        if (held.UsesRun)
        {
            held.UsesRun = false;
            _setup.Runs.Release(held.Grant.RunId, held.IsFresh);
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_launchers.Remove(terminated.ActorRef) is { } run)
        {
            StopRanksBeforeClosing(run);
        }
        else if (_held.Find(terminated.ActorRef) is { } held)
        {
            held.Broken = $"its supervisor failed: {held.Failure ?? "it ended"}";
            Say($"{Name(held.Grant)}: {held.Broken}", held.Grant, isWarning: true);
            Hello();
        }
    }

    private static string Name(IGrant grant) => $"{RunWork.Name(grant.Batch)} of {grant.RunId}";

    private sealed record SayHello : INoSerializationVerificationNeeded;

    private sealed record Loaded(Grant Grant, RunContext Run, Props Launcher) : INoSerializationVerificationNeeded;

    private sealed record LoadFailed(Grant Grant, Exception Error) : INoSerializationVerificationNeeded;
}
