using Cairn.Storage.Ledger;
using Cairn.Storage.Sessions;

namespace Cairn.Actors.Tests.Leases.Simulation;

/// <summary>
/// What runs under a lease: begins an epoch, steps, commits sessions and reports them. May be stopped between any two of its acts.
/// </summary>
internal sealed class SimulatedGang(SimulatedNode node, Lease lease, SimulatedDisk disk, string id)
{
    public const int Steps = 200;
    private const int FlushInterval = 4, AskAgainAfter = 5;
    private readonly Queue<SessionRecord> _unreported = new();
    private Phase _phase = lease.Batch.First >= 0 ? Phase.AskEpoch : Phase.End;
    private SessionNode? _newest;
    private int _epoch, _lead, _askAt, _sequence;

    private enum Phase
    {
        AskEpoch,
        ReadBase,
        BeginEpoch,
        Step,
        Check,
        Commit,
        End,
        Ended,
    }

    public Lease Lease => lease;

    public bool IsPaused { get; set; }

    private int Batch => lease.Batch.First;

    /// <summary>One act of the gang; a stopped process wakes up before whichever comes next.</summary>
    public void Act()
    {
        switch (_phase)
        {
            case Phase.AskEpoch:
                Ask(ledger => ledger.BeginEpochAsync(lease, disk.HighestEpoch(Batch), default), OnEpoch);
                break;
            case Phase.ReadBase:
                _newest = disk.Line(Batch) is [.., var newest] ? newest : null;
                _phase = Phase.BeginEpoch;
                break;
            case Phase.BeginEpoch:
                _lead = disk.LeadOf(_newest?.Id);
                Go(disk.Begin(Batch, _epoch, _newest), _lead >= Steps ? Phase.End : Phase.Step);
                break;
            case Phase.Step when !IsPaused:
                _phase = ++_lead % FlushInterval == 0 || _lead >= Steps ? Phase.Check : Phase.Step;
                break;
            case Phase.Check:
                Go(disk.HighestEpoch(Batch) <= _epoch, Phase.Commit);
                break;
            case Phase.Commit:
                Commit();
                break;
        }

        Report();
    }

    private void OnEpoch(int epoch)
    {
        if (_phase == Phase.AskEpoch)
        {
            (_phase, _epoch) = (Phase.ReadBase, epoch);
        }
    }

    private void Go(bool stands, Phase next)
    {
        _phase = next;
        if (!stands)
        {
            node.Fenced(this);
        }
    }

    private void Commit()
    {
        var session = new SessionNode($"{id}-{_epoch}-{++_sequence}", _epoch, _sequence, _newest?.Id, DateTimeOffset.UnixEpoch);
        disk.Write(Batch, session, _lead);
        _newest = session;
        _unreported.Enqueue(new(session.Id, _epoch, TimeSpan.FromHours(_lead)));
        _phase = _lead >= Steps ? Phase.End : Phase.Step;
    }

    /// <summary>In order: sessions, and the end after all of them.</summary>
    private void Report()
    {
        if (_unreported.TryPeek(out var session))
        {
            Ask(async ledger =>
            {
                await ledger.RecordSessionAsync(lease, session, default);
                return session;
            }, OnReported);
        }
        else if (_phase == Phase.End)
        {
            Ask(EndAsync, OnEnded);
        }
    }

    private void OnReported(SessionRecord reported)
    {
        if (_unreported.TryPeek(out var first) && first == reported)
        {
            _unreported.Dequeue();
            _askAt = 0;
        }
    }

    private async Task<bool> EndAsync(IRunLedger ledger)
    {
        await (lease.Batch.IsOpening
            ? ledger.OpenedAsync(lease, new([.. Enumerable.Range(0, SimulatedWorld.Batches).Select(i => (i, i))]), default)
            : ledger.EndAsync(lease, new(AttemptOutcome.Completed, null, Steps), default));
        return true;
    }

    private void OnEnded(bool _)
    {
        if (_phase == Phase.End)
        {
            _phase = Phase.Ended;
            node.Ended(lease);
        }
    }

    /// <summary>Asks now, and again until there is an answer.</summary>
    private void Ask<T>(Func<IRunLedger, Task<T>> call, Action<T> answered)
    {
        if (node.Tick >= _askAt)
        {
            _askAt = node.Tick + AskAgainAfter;
            node.Call(call, answered, e => node.Fenced(this));
        }
    }
}
