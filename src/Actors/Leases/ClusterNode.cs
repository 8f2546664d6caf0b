using System.Globalization;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>
/// A node of a cluster: registers its slots, claims what fits, renews its leases with one heartbeat, and carries out what
/// <see cref="LeaseBook"/> decides of them. What it has claimed is looked after by a <see cref="LeasedBatch"/> each.
/// </summary>
#pragma warning disable CA1001 // Actors are not disposed of: PostStop disposes of what one owns.
internal sealed partial class ClusterNode : ReceiveActor, IWithTimers
#pragma warning restore CA1001
{
    private const int MostClaims = 64;
    private readonly Dictionary<Lease, Held> _held = [];
    private readonly NodeRegistration _node;
    private readonly LeaseTimes _times;
    private readonly LeaseWork _work;
    private readonly Func<TimeSpan> _now;
    private readonly Func<double> _load;
    private readonly Action<NodeDrained> _left;
    private readonly LeaseBook _book;
    private readonly CancellationTokenSource _over = new();
    private bool _registered;
    private bool _watching;
    private bool _beating;
    private bool _claiming;
    private bool _claimAgain;
    private int _failures;
    private string? _draining;
    private bool _leaving;
    private int _abandoned;
    private int _begun;

    /// <param name="node">What it is.</param>
    /// <param name="times">How long its leases last.</param>
    /// <param name="work">What it works with.</param>
    /// <param name="now">A clock that only grows, and counts suspension.</param>
    /// <param name="load">The machine's load average over a minute.</param>
    /// <param name="left">Is told, once, that it has left.</param>
    public ClusterNode(
        NodeRegistration node, LeaseTimes times, LeaseWork work, Func<TimeSpan> now, Func<double> load, Action<NodeDrained> left)
    {
        (_node, _times, _work, _now, _load, _left) = (node, times, work, now, load, left);
        _book = new LeaseBook(times);
        Receive<Register>(_ => OnRegister());
        Receive<Registered>(_ => OnRegistered());
        Receive<Beat>(_ => OnBeat());
        Receive<Check>(_ => Carry(_book.At(_now())));
        Receive<Beaten>(OnBeaten);
        Receive<Claim>(_ => TryClaim());
        Receive<Claimed>(OnClaimed);
        Receive<LedgerAway>(OnAway);
        Receive<LeaseRefused>(refused => Order(new LeaseOrder(refused.Lease, LeaseAction.Abandon)));
        Receive<LeaseEnded>(ended => OnEnded(ended.Lease));
        Receive<Terminated>(OnTerminated);
        Receive<DrainNode>(OnDrain);
        Receive<AbandonNode>(_ => OnAbandon());
        Receive<Left>(_ => OnLeft());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private int Free => _node.Slots - _held.Values.Sum(h => h.Slots);

    protected override void PreStart()
    {
        Self.Tell(new Register());
        Timers.StartPeriodicTimer("beat", new Beat(), _times.Heartbeat, _times.Heartbeat);
        Timers.StartPeriodicTimer("check", new Check(), _times.Margin / 2, _times.Margin / 2);
    }

    protected override void PostStop()
    {
        _over.Cancel();
        _over.Dispose();
        base.PostStop();
    }

    /// <summary>One that failed has forgotten what its batch does: the lease is let go, and another attempt begins elsewhere.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        _work.Say($"what looks after a batch failed: {error.Message}");
        return Directive.Stop;
    });

    // ------------------------------------------------------------------------------------------------ being known to the ledger

    private void OnRegister() => _work.Ledger.RegisterAsync(_node, _over.Token).PipeTo(
        Self, success: () => new Registered(), failure: error => new LedgerAway(error, new Register()));

    private void OnRegistered()
    {
        Reached();
        _registered = true;
        if (!_watching)
        {
            _watching = true;
            Watch();
        }

        TryClaim();
    }

    private void OnBeat()
    {
        if (_beating || !_registered)
        {
            return;
        }

        _beating = true;
        var (sentAt, sent) = (_now(), _book.Held);
        var heartbeat = new Heartbeat(_node.NodeId, _times.Lease, sent, _node.Slots - Free, _load());
        BeatAsync(heartbeat).PipeTo(
            Self, success: answer => new Beaten(sentAt, sent, answer), failure: error => new LedgerAway(error, null, IsBeat: true));
    }

    /// <summary>One that hangs is as good as lost, and the next may get through.</summary>
    private async Task<HeartbeatAnswer> BeatAsync(Heartbeat heartbeat)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        patience.CancelAfter(_times.Lease / 3);
        try
        {
            return await _work.Ledger.HeartbeatAsync(heartbeat, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_over.IsCancellationRequested)
        {
            throw new TransientException($"the ledger did not answer within {(_times.Lease / 3).TotalSeconds:0.#} s");
        }
    }

    private void OnBeaten(Beaten beaten)
    {
        _beating = false;
        Reached();
        Carry(_book.Answered(beaten.SentAt, beaten.Sent, beaten.Answer, _now()));
        if (!beaten.Answer.IsKnown)
        {
            _registered = false;
            Self.Tell(new Register());
            return;
        }

        if (beaten.Answer.Drain && _draining is null)
        {
            OnDrain(new DrainNode("asked through the ledger"));
        }

        if (beaten.Answer.NextLapse is { } lapse && lapse < _times.Heartbeat)
        {
            Timers.StartSingleTimer("lapse", new Claim(), lapse);
        }

        if (beaten.Answer.Waiting)
        {
            TryClaim();
        }
    }

    private void OnAway(LedgerAway away)
    {
        _beating &= !away.IsBeat;
        _claiming &= !away.IsClaim;
        if (_failures++ == 0)
        {
            var how = away.Error is TransientException or OperationCanceledException ? "is away" : "refused";
            _work.Say($"the ledger {how}: {away.Error.Message}");
        }

        var pause = LedgerPauses.After(_failures);
        Timers.StartSingleTimer(
            away.Again is null ? "beat again" : "register again", away.Again ?? new Beat(),
            pause < _times.Heartbeat ? pause : _times.Heartbeat);
    }

    private void Reached()
    {
        if (_failures > 0)
        {
            _work.Say("the ledger is back");
        }

        _failures = 0;
    }

    // --------------------------------------------------------------------------------------------------------------- claiming

    /// <summary>Whoever adds work wakes those who wait for it; heartbeats find what nobody told of.</summary>
    private void Watch()
    {
        var (self, ledger, over, time) = (Self, _work.Ledger, _over.Token, _times.Lease);
        _ = Task.Run(
            async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    try
                    {
                        await ledger.WaitAsync(LedgerChange.Work, time, over).ConfigureAwait(false);
                        self.Tell(new Claim(), ActorRefs.NoSender);
                    }
                    catch (TransientException)
                    {
                        // Told by the heartbeats, which try as well.
                        await Task.Delay(time / 3, over).ConfigureAwait(false);
                    }
                }
            },
            over);
    }

    private void TryClaim()
    {
        if (_claiming || _draining is not null || !_registered || Free < 1)
        {
            _claimAgain |= _claiming;
            return;
        }

        (_claiming, _claimAgain) = (true, false);
        var sentAt = _now();
        var request = new ClaimRequest(_node.NodeId, _times.Lease, Free, Math.Min(Free, MostClaims), [.. _held.Keys]);
        _work.Ledger.ClaimAsync(request, _over.Token).PipeTo(
            Self, success: claimed => new Claimed(sentAt, claimed), failure: error => new LedgerAway(error, null, IsClaim: true));
    }

    private void OnClaimed(Claimed claimed)
    {
        _claiming = false;
        Reached();
        foreach (var batch in claimed.Batches)
        {
            Begin(batch, claimed.SentAt);
        }

        if (_claimAgain || (claimed.Batches.Count > 0 && Free > 0))
        {
            TryClaim();
        }
    }

    private void Begin(ClaimedBatch batch, TimeSpan sentAt)
    {
        // Asked again after an unknown outcome, a ledger may name what was begun already.
        if (_held.ContainsKey(batch.Lease))
        {
            return;
        }

        _book.Claimed(batch.Lease, sentAt);
        var (work, name) = (_work, string.Create(CultureInfo.InvariantCulture, $"lease-{++_begun}"));
        var actor = Context.ActorOf(Props.Create(() => new LeasedBatch(batch, work)), name);
        Context.Watch(actor);
        _held.Add(batch.Lease, new Held(actor, Math.Min(batch.Slots, _node.Slots)));
        _work.Say(batch.Attempt > 1 ? $"took {batch.Lease.Batch}, attempt {batch.Attempt}" : $"took {batch.Lease.Batch}");
        if (_draining is not null)
        {
            Order(new LeaseOrder(batch.Lease, LeaseAction.Halt));
        }
    }

    // ------------------------------------------------------------------------------------------------------------ carrying out

    private void Carry(IReadOnlyList<LeaseOrder> orders)
    {
        foreach (var order in orders)
        {
            Order(order);
        }
    }

    private void Order(LeaseOrder order)
    {
        if (_held.TryGetValue(order.Lease, out var held))
        {
            held.Actor.Tell(order);
        }
    }

    private void OnEnded(Lease lease)
    {
        _book.Ended(lease);
        if (_held.Remove(lease, out var held))
        {
            Context.Unwatch(held.Actor);
            Context.Stop(held.Actor);
        }

        LeaveWhenEmpty();
        TryClaim();
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_held.FirstOrDefault(h => h.Value.Actor.Equals(terminated.ActorRef)).Key is { } lease)
        {
            OnEnded(lease);
        }
    }

    private sealed record Held(IActorRef Actor, int Slots);
}
