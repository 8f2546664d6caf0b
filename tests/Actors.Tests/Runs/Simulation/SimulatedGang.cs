using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Sessions;

namespace Cairn.Actors.Tests.Runs.Simulation;

/// <summary>
/// What runs under a grant: begins an epoch, steps, commits sessions and reports them until they are acknowledged. May be stopped between
/// any two of its acts, may fail, and may be forgotten by its node.
/// </summary>
internal sealed class SimulatedGang(SimulatedNode node, SimulatedWorld world, MemberRange batch, int epoch, NewestSession? reported)
{
    public const int Steps = 120;
    private const int FlushInterval = 4, AskAgainAfter = 6;
    private readonly SortedDictionary<long, object> _unacknowledged = [];
    private Phase _phase = batch.First >= 0 ? Phase.ReadBase : Phase.End;
    private SessionNode? _newest;
    private string? _broken;
    private int _later, _lead, _askAt, _sequence;
    private long _reports;

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

    public MemberRange Batch => batch;

    /// <summary>The epoch of the grant.</summary>
    public int Epoch => epoch;

    public bool IsPaused { get; set; }

    public HeldGrant Held => new(PureKeeper.Id, batch, epoch, IsPaused, false, _broken);

    private int Key => batch.First;

    /// <summary>The epoch of the gang.</summary>
    private int Gang => Math.Max(_later, epoch);

    /// <summary>One act of the gang; a stopped process wakes up before whichever comes next.</summary>
    public void Act()
    {
        if (_broken is not null)
            return;

        if (_phase is Phase.Step && world.IsTrouble(400))
        {
            _phase = Phase.AskEpoch;
            Report(new RankFailed(0, null, null, "it failed"));
        }
        else if (world.IsTrouble(1500))
        {
            _broken = "its supervisor failed";
            return;
        }

        Go();
        Send();
    }

    public void OnEpoch(int granted)
    {
        if (_phase == Phase.AskEpoch && granted > Math.Max(Gang, node.Disk.HighestEpoch(Key)))
            (_phase, _later, _askAt) = (Phase.ReadBase, granted, 0);
    }

    public void Acknowledged(long number)
    {
        foreach (var (key, report) in _unacknowledged.TakeWhile(r => r.Key <= number).ToList())
        {
            world.Acknowledged(report);
            _unacknowledged.Remove(key);
        }

        if (_phase == Phase.Ended && _unacknowledged.Count == 0)
            node.Ended(this);
    }

    private void Go()
    {
        switch (_phase)
        {
            case Phase.AskEpoch when node.Tick >= _askAt:
                _askAt = node.Tick + AskAgainAfter;
                node.Send(new RequestEpoch(PureKeeper.Id, batch, epoch, Math.Max(Gang, node.Disk.HighestEpoch(Key))));
                break;
            case Phase.ReadBase:
                _newest = node.Disk.Line(Key) is [.., var newest] ? newest : null;
                _phase = Phase.BeginEpoch;
                break;
            case Phase.BeginEpoch:
                Begin();
                break;
            case Phase.Step when !IsPaused:
                _phase = ++_lead % FlushInterval == 0 || _lead >= Steps ? Phase.Check : Phase.Step;
                break;
            case Phase.Check:
                // Fenced by a newer epoch, it asks for the next one, and hears that the batch is another's.
                _phase = node.Disk.HighestEpoch(Key) <= Gang ? Phase.Commit : Phase.AskEpoch;
                break;
            case Phase.Commit:
                Commit();
                break;
            case Phase.End:
                End();
                break;
        }
    }

    private void Begin()
    {
        _lead = node.Disk.LeadOf(_newest?.Id);
        if (!node.Disk.Begin(Key, Gang, _newest))
        {
            _phase = Phase.AskEpoch;
            return;
        }

        // Another may have taken the batch since, and gone on from an older base: then this gang is fenced, and nobody's loss.
        world.Require(
            _lead >= (int)(reported?.LeadTime ?? TimeSpan.Zero).TotalHours || node.Disk.HighestEpoch(Key) > Gang,
            $"{batch} restarts at {_lead}, though {reported} was reported");
        _phase = _lead >= Steps ? Phase.End : Phase.Step;
        Report(new BatchStarted(Gang, _lead, TimeSpan.FromHours(_lead), _newest?.Id));
    }

    private void Commit()
    {
        var name = $"{node.Id}-{batch.First}-{Gang}-{++_sequence}";
        var session = new SessionNode(name, Gang, _sequence, _newest?.Id, DateTimeOffset.UnixEpoch);
        node.Disk.Write(Key, session, _lead);
        _newest = session;
        Report(new SessionCommitted(session.Id, _lead, TimeSpan.FromHours(_lead)));
        _phase = _lead >= Steps ? Phase.End : Phase.Step;
    }

    private void End()
    {
        _phase = Phase.Ended;
        var number = ++_reports;
        _unacknowledged.Add(number, batch == RunWork.Opening ? new OpeningReport(PureKeeper.Id, epoch, number, SimulatedWorld.Cut)
            : batch == RunWork.Closing ? new ClosingReport(PureKeeper.Id, epoch, number)
            : new BatchReport(PureKeeper.Id, batch, epoch, number, new BatchCompleted(Steps)));
        _askAt = 0;
    }

    private void Report(RunEvent happened)
    {
        _unacknowledged.Add(++_reports, new BatchReport(PureKeeper.Id, batch, epoch, _reports, happened));
        _askAt = _phase == Phase.AskEpoch ? _askAt : 0;
    }

    private void Send()
    {
        if (_phase != Phase.AskEpoch && _unacknowledged.Count > 0 && node.Tick >= _askAt)
        {
            _askAt = node.Tick + AskAgainAfter;
            _unacknowledged.Values.ToList().ForEach(node.Send);
        }
    }
}
