using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs.Simulation;

/// <summary>A node: takes grants, says at times what it holds, and does as it is told.</summary>
internal sealed class SimulatedNode(SimulatedWorld world, string id)
{
    private const int Slots = 2, HelloEvery = 5;
    private readonly Dictionary<MemberRange, SimulatedGang> _gangs = [];
    private readonly Dictionary<MemberRange, int> _ended = [];
    private readonly Queue<object> _inbox = new();
    private long _hellos;
    private int _helloAt;

    public string Id { get; private set; } = id;

    /// <summary>Until when the process is stopped.</summary>
    public int StoppedUntil { get; set; }

    public bool IsDead { get; set; }

    /// <summary>Whether the cluster has removed it: it finds out when it wakes.</summary>
    public int? RemovedAt { get; set; }

    public int Tick => world.Network.Tick;

    public SimulatedDisk Disk => world.Disk;

    public void Receive(object message) => _inbox.Enqueue(message);

    public void Send(object message) => world.TellRegistry(Id, message);

    /// <summary>Gangs act before messages are read, so that one that was stopped does its worst before it learns the time.</summary>
    public void Act()
    {
        foreach (var gang in _gangs.Values.ToList())
            gang.Act();

        if (RemovedAt is { } at && Tick > at + 20)
            Begin();

        while (_inbox.TryDequeue(out var message))
            Take(message);

        if (Tick >= _helloAt)
        {
            _helloAt = Tick + HelloEvery;
            Send(new NodeHello(
                new NodeInfo(Id, Id, 1, Id, "", Slots, false, ["cpu"], []), ++_hellos, [.. _gangs.Values.Select(g => g.Held)], false,
                    null));
        }
    }

    /// <summary>A grant is over, with its last report acknowledged.</summary>
    public void Ended(SimulatedGang gang)
    {
        _gangs.Remove(gang.Batch);
        _ended[gang.Batch] = gang.Epoch;
    }

    private void Take(object message)
    {
        switch (message)
        {
            case OpeningGrant grant:
                Take(RunWork.Opening, grant.Epoch, null, false);
                break;
            case ClosingGrant grant:
                Take(RunWork.Closing, grant.Epoch, null, false);
                break;
            case Grant grant:
                Take(grant.Batch, grant.Epoch, grant.Reported, grant.Paused);
                break;
            case NodeDismissed dismissed when dismissed.Id == Id:
                Begin();
                break;
            case ReportAcknowledged m:
                Gang(m.Batch, m.GrantEpoch)?.Acknowledged(m.Number);
                break;
            case GrantWithdrawn m when Gang(m.Batch, m.GrantEpoch) is { } gang:
                Ended(gang);
                break;
            case EpochGranted m when _gangs.TryGetValue(m.Batch, out var gang):
                gang.OnEpoch(m.Epoch);
                break;
            case BatchCommand { Order: BatchOrder.Pause or BatchOrder.Resume } m when _gangs.TryGetValue(m.Batch, out var gang):
                gang.IsPaused = m.Order == BatchOrder.Pause;
                break;
        }
    }

    private SimulatedGang? Gang(MemberRange batch, int epoch) =>
        _gangs.TryGetValue(batch, out var gang) && gang.Epoch == epoch ? gang : null;

    private void Take(MemberRange batch, int epoch, NewestSession? reported, bool paused)
    {
        var known = Math.Max(_ended.GetValueOrDefault(batch), _gangs.GetValueOrDefault(batch)?.Epoch ?? 0);
        if (epoch > known)
        {
            world.Given(batch, epoch, Id);
            _gangs[batch] = new SimulatedGang(this, world, batch, epoch, reported) { IsPaused = paused };
        }
    }

    /// <summary>It comes again as another node, with nothing in its hands; what the one before was sent goes nowhere.</summary>
    private void Begin()
    {
        _gangs.Clear();
        _ended.Clear();
        _inbox.Clear();
        (Id, RemovedAt, _hellos, _helloAt) = (world.Renamed(this), null, 0, Tick);
    }
}
