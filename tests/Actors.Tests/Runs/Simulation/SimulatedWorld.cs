using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs.Simulation;

/// <summary>
/// Nodes, a registry with its journal, a disk and a network, one act after the other as a seed has it: first all goes wrong that can, then
/// everything is mended, and the run must end.
/// </summary>
internal sealed class SimulatedWorld
{
    private const int Batches = 6, Troubled = 500, Bound = 4_000;
    private readonly Random _random;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Dictionary<(MemberRange, int), string> _given = [];
    private readonly Dictionary<MemberRange, int> _epochs = [];
    private readonly HashSet<string> _sessions = [], _acknowledged = [];
    private readonly List<(int Due, string Node)> _removals = [];
    private readonly SimulatedRegistry _registry;
    private int _ids;

    public SimulatedWorld(int seed)
    {
        _random = new(seed);
        Network = new(_random)
        {
            Loss = 0.3 * _random.NextDouble(), Doubling = 0.5 * _random.NextDouble(), LongestDelay = _random.Next(1, 30),
        };
        _registry = new SimulatedRegistry(this, _random);
        _registry.Decide(PureKeeper.Submission(quarantineAfter: int.MaxValue), null);
        _registry.Faults = 0.01 * _random.NextDouble();
        _nodes.AddRange(Enumerable.Range(0, 3).Select(_ => NewNode()));
    }

    /// <summary>The batches of the run.</summary>
    public static IReadOnlyList<BatchOnDisk> Cut { get; } = [.. Enumerable.Range(0, Batches).Select(i => new BatchOnDisk(new(i, i), 0))];

    public SimulatedNetwork Network { get; }

    public SimulatedDisk Disk { get; } = new();

    public bool IsMended { get; private set; }

    public int Kills { get; private set; }

    public int Stops { get; private set; }

    public int Crashes => _registry.Crashes;

    /// <summary>Ticks from when everything was mended to the end of the run.</summary>
    public int TicksToEnd { get; private set; }

    /// <summary>Once in so many times, while things go wrong.</summary>
    public bool IsTrouble(int times) => !IsMended && _random.Next(times) == 0;

    public string Renamed(SimulatedNode node)
    {
        Removed(node.Id);
        return $"n{++_ids}";
    }

    public void Tell(string node, object message) => Network.Send(() => _nodes.Find(n => n.Id == node)?.Receive(message));

    public void TellRegistry(string from, object message) => Network.Send(() => _registry.Receive(message, from));

    /// <summary>A grant was heard of: nobody may hear of it but its holder.</summary>
    public void Given(MemberRange batch, int epoch, string node) =>
        Require(_given.TryAdd((batch, epoch), node), $"{batch} under {epoch} was given to {_given[(batch, epoch)]}, then to {node}");

    /// <summary>Events are in the journal: epochs only grow, and no session is counted twice.</summary>
    public void Journaled(IReadOnlyList<JournalEvent> events)
    {
        foreach (var happened in events)
        {
            var (batch, epoch) = happened switch
            {
                BatchGranted e => (e.Batch, e.Epoch),
                AttemptBegun e => (e.Batch, e.Epoch),
                _ => (default, 0),
            };
            if (epoch > 0)
            {
                Require(epoch > _epochs.GetValueOrDefault(batch), $"{batch} was given {epoch} after {_epochs.GetValueOrDefault(batch)}");
                _epochs[batch] = epoch;
            }

            Require(happened is not SessionReported session || _sessions.Add(session.Session), $"{happened} was counted twice");
        }
    }

    /// <summary>A supervisor heard that a report is kept.</summary>
    public void Acknowledged(object report)
    {
        if (report is BatchReport { Event: SessionCommitted session })
            _acknowledged.Add(session.Session);
    }

    public void Run()
    {
        for (var tick = 0; tick < Troubled; tick++)
        {
            Trouble();
            Step();
        }

        Mend();
        while (_registry.Book.State != RunState.Completed)
        {
            Require(++TicksToEnd < Bound, $"the run did not end in time after everything was mended: {Where()}");
            Step();
        }

        Check();
    }

    public void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new SimulationFailedException($"tick {Network.Tick}: {otherwise}");
    }

    private string Where() => string.Join(", ", _registry.Book.Batches.Values.Select(b => $"{b.Batch} {b.State} {b.Node} {b.GrantEpoch}"));

    private void Step()
    {
        Network.Advance();
        _removals.RemoveAll(r => r.Due <= Network.Tick && _registry.Removed(r.Node));
        _registry.Act();
        foreach (var node in _nodes.Where(n => !n.IsDead && n.StoppedUntil <= Network.Tick).ToList())
            node.Act();
    }

    private void Trouble()
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            var node = _nodes[i];
            if (_random.Next(150) == 0)
            {
                Kills++;
                node.IsDead = true;
                Removed(node.Id);
                _nodes[i] = NewNode();
                _nodes[i].StoppedUntil = Network.Tick + _random.Next(40);
            }
            else if (_random.Next(100) == 0)
            {
                Stops++;
                node.StoppedUntil = Network.Tick + _random.Next(80);
                if (_random.Next(2) == 0)
                {
                    // Beyond the failure detector's patience, or cut off: removed while it lives.
                    node.RemovedAt = Network.Tick;
                    Removed(node.Id);
                }
            }
        }

        if (_random.Next(150) == 0)
            _registry.Crash(_random.Next(60));

        if (_random.Next(60) == 0)
            _registry.Decide(_random.Next(2) == 0 ? new PauseRun(PureKeeper.Id) : new ResumeRun(PureKeeper.Id), null);
    }

    /// <summary>The registry watches whoever it hears of: of one that is gone it hears so, a while later.</summary>
    public void Watched(string node)
    {
        if (!_nodes.Exists(n => n.Id == node && !n.IsDead && n.RemovedAt is null))
            Removed(node);
    }

    /// <summary>The cluster removes a node, a while later; a registry that is down hears of it when it is back.</summary>
    private void Removed(string node) => _removals.Add((Network.Tick + _random.Next(40), node));

    private void Mend()
    {
        (IsMended, Network.Loss, Network.Doubling, Network.LongestDelay, _registry.Faults) = (true, 0, 0, 1, 0);
        _nodes.ForEach(n => n.StoppedUntil = 0);
        _registry.DownUntil = 0;
        _registry.Decide(new ResumeRun(PureKeeper.Id), null);
    }

    /// <summary>Lineage is a line that reaches the end, and all that was acknowledged is in the journal and on it.</summary>
    private void Check()
    {
        var lost = string.Join(", ", _acknowledged.Except(_sessions));
        Require(_acknowledged.IsSubsetOf(_sessions), $"{lost} were acknowledged and are lost");
        for (var batch = 0; batch < Batches; batch++)
        {
            var line = Disk.Line(batch);
            Require(Disk.Fork(batch) is null, $"the lineage of batch {batch} is no line: {Disk.Fork(batch)}");
            Require(line.Count > 0 && Disk.LeadOf(line[^1].Id) == SimulatedGang.Steps, $"batch {batch} did not reach its end");
        }

        foreach (var reported in _registry.Journal.OfType<SessionReported>())
            Require(Disk.Line(reported.Batch.First).Any(s => s.Id == reported.Session), $"{reported.Session}, which was reported, is lost");

        var completed = _registry.Journal.OfType<AttemptEnded>().Where(e => e.Outcome == AttemptOutcome.Completed).ToList();
        Require(completed.Count == Batches + 2, $"{completed.Count} batches were completed");
    }

    private SimulatedNode NewNode() => new(this, $"n{++_ids}");
}

/// <summary>A promise was broken.</summary>
internal sealed class SimulationFailedException(string message) : Exception(message);
