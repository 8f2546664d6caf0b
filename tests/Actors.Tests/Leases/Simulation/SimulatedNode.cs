using Cairn.Actors.Leases;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Tests.Leases.Simulation;

/// <summary>A node: believes of its leases what <see cref="LeaseBook"/> decides, and does as told.</summary>
internal sealed class SimulatedNode(SimulatedWorld world, string id)
{
    private const int Slots = 2, AskAgainAfter = 6;
    private static readonly LeaseTimes Times = LeaseTimes.Of(SimulatedWorld.LeaseTime);
    private readonly Dictionary<Lease, SimulatedGang> _gangs = [];
    private readonly HashSet<Lease> _over = [], _handedBack = [];
    private readonly Queue<Action> _inbox = new();
    private readonly LeaseBook _book = new(Times);
    private bool _isRegistered, _isClaiming, _isWork;
    private int _registerAt, _beatAt, _claimAgainAt, _handBackAt;

    public string Id => id;

    /// <summary>Until when the process is stopped.</summary>
    public int StoppedUntil { get; set; }

    public bool IsDead { get; set; }

    public int Tick => world.Network.Tick;

    /// <summary>Its own clock, which nobody sets.</summary>
    private TimeSpan Now => world.Elapsed;

    public void Receive(Action message) => _inbox.Enqueue(message);

    public void Call<T>(Func<IRunLedger, Task<T>> call, Action<T> answered, Action<CairnException>? refused = null) =>
        world.Network.Call(this, call, answered, refused);

    /// <summary>Gangs act before the book is looked at, so that one which was stopped does its worst before it learns the time.</summary>
    public void Act()
    {
        foreach (var gang in _gangs.Values.ToList())
        {
            gang.Act();
        }

        while (_inbox.TryDequeue(out var message))
        {
            message();
        }

        Carry(_book.At(Now));
        if (!_isRegistered)
        {
            Register();
            return;
        }

        Beat();
        Claim();
        HandBack();
    }

    public void Ended(Lease lease)
    {
        _gangs.Remove(lease);
        _over.Add(lease);
        _book.Ended(lease);
    }

    public void Fenced(SimulatedGang gang)
    {
        if (_gangs.Remove(gang.Lease))
        {
            _handedBack.Add(gang.Lease);
        }
    }

    private void Register()
    {
        if (Tick >= _registerAt)
        {
            _registerAt = Tick + AskAgainAfter;
            Call(
                async ledger =>
                {
                    await ledger.RegisterAsync(new(id, id, 1, "", Slots, ["cpu"], []), default);
                    return true;
                },
                registered => _isRegistered = registered);
        }
    }

    private void Beat()
    {
        if (Tick >= _beatAt)
        {
            _beatAt = Tick + (int)(Times.Heartbeat / SimulatedWorld.TickTime);
            var (sentAt, sent) = (Now, _book.Held);
            Call(ledger => ledger.HeartbeatAsync(new(id, Times.Lease, sent, _gangs.Count, 0), default), answer =>
            {
                (_isRegistered, _isWork) = (answer.IsKnown, answer.Waiting || answer.NextLapse < Times.Heartbeat);
                Carry(_book.Answered(sentAt, sent, answer, Now));
            });
        }
    }

    private void Claim()
    {
        var free = Slots - _gangs.Count;
        if (free <= 0 || !_isWork || (_isClaiming && Tick < _claimAgainAt))
        {
            return;
        }

        (_isClaiming, _claimAgainAt) = (true, Tick + AskAgainAfter);
        var (sentAt, held) = (Now, _gangs.Keys.Concat(_handedBack).ToList());
        Call(ledger => ledger.ClaimAsync(new(id, Times.Lease, free, free, held), default), claimed =>
        {
            (_isClaiming, _isWork) = (false, claimed.Count > 0);
            foreach (var each in claimed.Where(c => IsNews(c.Lease)))
            {
                world.Given(each.Lease);
                _book.Claimed(each.Lease, sentAt);
                _gangs.Add(each.Lease, new(this, each.Lease, world.Disk, world.NextId()));
            }
        });
    }

    private bool IsNews(Lease lease) => !_gangs.ContainsKey(lease) && !_over.Contains(lease) && !_handedBack.Contains(lease);

    private void Carry(IReadOnlyList<LeaseOrder> orders)
    {
        foreach (var (lease, action) in orders)
        {
            if (!_gangs.TryGetValue(lease, out var gang))
            {
                continue;
            }

            gang.IsPaused = action == LeaseAction.Pause;
            if (action is LeaseAction.Abandon or LeaseAction.Halt)
            {
                Fenced(gang);
            }
        }
    }

    private void HandBack()
    {
        if (Tick < _handBackAt)
        {
            return;
        }

        _handBackAt = Tick + AskAgainAfter;
        foreach (var lease in _handedBack)
        {
            Call(
                async ledger =>
                {
                    await ledger.EndAsync(lease, new(AttemptOutcome.HandedBack, null, 0), default);
                    return true;
                },
                _ => IsOver(lease),
                _ => IsOver(lease));
        }
    }

    private void IsOver(Lease lease)
    {
        _handedBack.Remove(lease);
        _over.Add(lease);
        _book.Ended(lease);
    }
}
