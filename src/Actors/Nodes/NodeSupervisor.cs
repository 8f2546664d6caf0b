using System.Globalization;
using Akka.Pattern;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Nodes;

/// <summary>
/// A node: says what it is and what it holds, takes grants, loads the runs that they are of, and has a <see cref="MemberSupervisor"/> step
/// each batch, or a <see cref="Errand"/> open or close a run.
/// </summary>
internal sealed partial class NodeSupervisor : ReceiveActor, IWithTimers
{
    /// <summary>A grant that comes a second time does so within seconds: of what ended long ago nothing has to be known.</summary>
    private const int MostEnded = 10_000;

    private readonly Dictionary<(string Run, int First), Held> _held = [];
    private readonly OrderedDictionary<(string Run, int First), int> _ended = [];
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly NodeSetup _setup;
    private readonly NodeInfo _node;
    private readonly NodeMeter _meter;
    private long _hellos;
    private int _started;
    private string? _registry;
    private string? _draining;
    private int _abandoned;
    private bool _hasLeft;

    public NodeSupervisor(NodeSetup setup)
    {
        (_setup, _node) = (setup, setup.Identity());
        _meter = new NodeMeter(_node.Slots);
        Receive<SayHello>(_ => Hello());
        Receive<NodeKnown>(OnKnown);
        Receive<NodeDismissed>(OnDismissed, dismissed => dismissed.Id == _node.Id);
        Receive<Grant>(grant => OnGrant(new Granted(grant.RunId, grant.Batch, grant.Epoch, grant.Spec, grant) { Paused = grant.Paused }));
        Receive<OpeningGrant>(grant => OnGrant(new Granted(grant.RunId, RunWork.Opening, grant.Epoch, grant.Spec, grant)));
        Receive<ClosingGrant>(grant => OnGrant(new Granted(grant.RunId, RunWork.Closing, grant.Epoch, grant.Spec, grant)));
        Receive<Ready>(OnReady);
        Receive<NotReady>(OnNotReady);
        Receive<GrantWithdrawn>(OnWithdrawn);
        Receive<BatchCommand>(OnCommand);
        Receive<BatchEnded>(_ => OnEnded());
        Receive<ErrandEnded>(_ => OnEnded());
        Receive<Terminated>(OnTerminated);
        Receive<NodeDrain>(drain => OnDrain(drain.Reason));
        Receive<AbandonNode>(_ => OnAbandon());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A node that failed, or was dismissed, comes again as another, with nothing in its hands.</summary>
    /// <param name="setup">What it works with.</param>
    public static Props Props(NodeSetup setup) => BackoffSupervisor.Props(
        Backoff.OnStop(
            Akka.Actor.Props.Create(() => new NodeSupervisor(setup)), "supervisor", TimeSpan.FromMilliseconds(500),
                TimeSpan.FromSeconds(10),
            0.2, -1)
        .WithSupervisorStrategy(new OneForOneStrategy(error =>
        {
            setup.Say(new NodeLine($"the node failed, and starts over: {error.Message}") { IsWarning = true });
            return Directive.Stop;
        })));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("hello", new SayHello(), _setup.BetweenHellos);
        Hello();
    }

    protected override void PostStop()
    {
        foreach (var held in _held.Values)
        {
            Release(held);
        }

        _meter.Dispose();
        base.PostStop();
    }

    /// <summary>A failed supervisor of a grant has lost its state: the keeper is informed, and grants it again.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (_held.Values.FirstOrDefault(h => h.Actor.Equals(Sender)) is { } held)
        {
            held.Failure = error.Message;
        }

        return Directive.Stop;
    });

    // --------------------------------------------------------------------------------------------------- being known

    private void Hello()
    {
        if (_hasLeft)
        {
            return;
        }

        if (_draining is not null && _held.Count == 0)
        {
            _setup.Registry.Tell(new NodeLeaves(_node.Id));
            return;
        }

        var holds = _held.Values.Select(h => new HeldGrant(
            h.Of.RunId, h.Of.Batch, h.Of.Epoch, h.Of.Paused, h.Halting || _draining is not null, h.Broken)).ToList();
        _setup.Registry.Tell(new NodeHello(_node, ++_hellos, holds, _draining is not null, _setup.Load()));
    }

    private void OnKnown(NodeKnown known)
    {
        if (known.Registry != _registry)
        {
            Say(_registry is null ? "the registry of runs knows this node" : "another registry of runs knows this node");
            _registry = known.Registry;
        }

        if (known.Number == 0 && _draining is not null && _held.Count == 0 && !_hasLeft)
        {
            _hasLeft = true;
            _setup.Left(new NodeLeft(_draining, _abandoned));
        }
    }

    private void OnDismissed(NodeDismissed dismissed)
    {
        Say($"this node ends its batches, and joins again as a new node: {dismissed.Reason}");
        Context.Stop(Self);
    }

    // --------------------------------------------------------------------------------------------------------- grants

    private void OnGrant(Granted granted)
    {
        var key = (granted.RunId, granted.Batch.First);
        if (_held.TryGetValue(key, out var held))
        {
            // An older one was withdrawn, and is about to end.
            if (granted.Epoch > held.Of.Epoch)
            {
                held.Next = granted;
                Tell(held, new GrantWithdrawn(granted.RunId, granted.Batch, held.Of.Epoch, "it is granted again"));
            }
        }
        else if (granted.Epoch > _ended.GetValueOrDefault(key))
        {
            Begin(granted);
        }
    }

    private void Begin(Granted granted)
    {
        var held = _held[(granted.RunId, granted.Batch.First)] = new Held(granted) { Halting = _draining is not null };
        _meter.Holds(_held.Count);
        if (held.Halting)
        {
            Work(held, static (_, _) => throw new OperationCanceledException());
            return;
        }

        Say($"took {Name(granted)}", granted);
        held.IsTaken = true;
        var taking = _setup.Runs.TakeAsync(granted.RunId, granted.Spec, granted.IsFresh);
        switch (granted.Message)
        {
            case OpeningGrant:
                Work(held, (observer, lost) => Do(granted, taking, observer, run => Opened(run, granted), lost));
                break;
            case ClosingGrant closing:
                held.Waiting = () => Work(held, (observer, lost) => Do(granted, taking, observer, run => Closed(run, closing), lost));
                BeginWaiting(granted.RunId);
                break;
            default:
                var lost = held.Lost.Token;
                OwnThread.Run(() => Patiently(granted, () => taking.GetAwaiter().GetResult().Attach(), lost)).PipeTo(
                    Self, success: ready => new Ready(granted, ready.Parts, ready.Ranks), failure: error => new NotReady(granted, error));
                break;
        }
    }

    private static Func<long, object> Opened(INodeRun run, Granted granted)
    {
        var batches = run.Open();
        if (batches.Count > RunWork.MostBatches)
        {
            throw new SpecException(
                $"the run has {batches.Count} batches; it can have {RunWork.MostBatches}. Use a larger ensemble.batch-size.");
        }

        return number => new OpeningReport(granted.RunId, granted.Epoch, number, batches);
    }

    private static Func<long, object> Closed(INodeRun run, ClosingGrant grant)
    {
        run.Close(grant);
        return number => new ClosingReport(grant.RunId, grant.Epoch, number);
    }

    /// <summary>Processes of ranks have to be gone before a run is closed.</summary>
    private void BeginWaiting(string run)
    {
        if (_places.TryGetValue(run, out var place))
        {
            LeavePlace(place);
            return;
        }

        foreach (var held in _held.Values.Where(h => h.Of.RunId == run && h.Waiting is not null).ToList())
        {
            (var begin, held.Waiting) = (held.Waiting!, null);
            begin();
        }
    }

    private void OnReady(Ready ready)
    {
        if (Find(ready.Of) is not { } held)
        {
            return;
        }

        if (held.IsWithdrawn)
        {
            Over(held);
            return;
        }

        var setup = new MemberSupervisorSetup((Grant)ready.Of.Message, ready.Parts, PlaceOf(ready), _setup.Registry);
        Look(held, MemberSupervisor.Props(setup), ready.Of.Batch.FolderName);
        if (ready.Of.Paused != ((Grant)ready.Of.Message).Paused)
        {
            held.Actor.Tell(ready.Of.Paused ? new PauseBatch() : new ResumeBatch());
        }

        if (held.Halting)
        {
            held.Actor.Tell(new HaltBatch());
        }
    }

    private void OnNotReady(NotReady failed)
    {
        if (Find(failed.Of) is { } held)
        {
            Work(held, (_, _) => held.IsWithdrawn || held.Halting ? throw new OperationCanceledException() : throw failed.Error);
        }
    }

    private void Work(Held held, Func<IRunObserver, CancellationToken, Func<long, object>> work) => Look(
        held, Errand.Props(new ErrandSetup(held.Of.RunId, held.Of.Batch, held.Of.Epoch, _setup.Registry, work)), "task");

    private void Look(Held held, Props props, string name)
    {
        held.Actor = Context.ActorOf(props, string.Create(CultureInfo.InvariantCulture, $"{name}-{++_started}"));
        Context.Watch(held.Actor);
    }

    private Func<long, object> Do(
        Granted of, Task<INodeRun> taking, IRunObserver observer, Func<INodeRun, Func<long, object>> work, CancellationToken lost)
    {
        var run = taking.GetAwaiter().GetResult();
        run.Observer.Add(observer);
        try
        {
            return Patiently(of, () => work(run), lost);
        }
        finally
        {
            run.Observer.Remove(observer);
        }
    }

    /// <summary>Does what may have to wait for a disk, or for another process that is at the run's folder.</summary>
    private T Patiently<T>(Granted of, Func<T> task, CancellationToken lost)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return task();
            }
            catch (CairnException e) when (_setup.Runs.IsPatient && e is TransientException or FencedException
                && !lost.IsCancellationRequested)
            {
                if (failures == 1)
                {
                    Say($"waits: {e.Message}", of);
                }

                var pause = GrowingPause.After(failures, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
                lost.WaitHandle.WaitOne(pause);
                lost.ThrowIfCancellationRequested();
            }
        }
    }

    // -------------------------------------------------------------------------------------------------------- their ends

    private void OnEnded()
    {
        if (_held.Values.FirstOrDefault(h => h.Actor.Equals(Sender)) is { } held)
        {
            Context.Unwatch(held.Actor);
            Context.Stop(held.Actor);
            Over(held);
        }
    }

    private void Over(Held held)
    {
        var key = (held.Of.RunId, held.Of.Batch.First);
        _held.Remove(key);
        _meter.Holds(_held.Count);
        NoteEnd(key, held.Of.Epoch);
        Release(held);
        if (_places.TryGetValue(held.Of.RunId, out var place) && !_held.Values.Any(h => h.Of.RunId == held.Of.RunId && h.Waiting is null))
        {
            LeavePlace(place);
        }

        if (held.Next is { } next)
        {
            Begin(next);
        }

        if (_draining is not null && _held.Count == 0)
        {
            Hello();
        }
    }

    private void NoteEnd((string Run, int First) key, int epoch)
    {
        _ended.Remove(key);
        _ended.Add(key, epoch);
        if (_ended.Count > MostEnded)
        {
            _ended.RemoveAt(0);
        }
    }

    private void Release(Held held)
    {
        held.Lost.Cancel();
        if (held.IsTaken)
        {
            held.IsTaken = false;
            _setup.Runs.Release(held.Of.RunId, held.Of.IsFresh);
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_places.FirstOrDefault(p => p.Value.Actor.Equals(terminated.ActorRef)).Key is { } run)
        {
            _places.Remove(run);
            BeginWaiting(run);
        }
        else if (_held.Values.FirstOrDefault(h => h.Actor.Equals(terminated.ActorRef)) is { } held)
        {
            held.Broken = $"its supervisor failed: {held.Failure ?? "it ended"}";
            Say($"{Name(held.Of)}: {held.Broken}", held.Of, isWarning: true);
            Hello();
        }
    }

    private IActorRef PlaceOf(Ready ready)
    {
        if (!_places.TryGetValue(ready.Of.RunId, out var place) || place.IsLeaving)
        {
            var actor = Context.ActorOf(ready.Ranks, string.Create(CultureInfo.InvariantCulture, $"ranks-{++_started}"));
            _places[ready.Of.RunId] = place = new Place(actor);
            Context.Watch(actor);
        }

        return place.Actor;
    }

    private static void LeavePlace(Place place)
    {
        if (!place.IsLeaving)
        {
            place.IsLeaving = true;
            Context.Stop(place.Actor);
        }
    }

    private Held? Find(Granted granted) =>
        _held.TryGetValue((granted.RunId, granted.Batch.First), out var held) && held.Of.Epoch == granted.Epoch ? held : null;

    private static string Name(Granted granted) => $"{RunWork.Name(granted.Batch)} of {granted.RunId}";
}
