using Cairn.Storage.Ledger;
using Cairn.Storage.Tests.Ledger;

namespace Cairn.Actors.Tests.Leases.Simulation;

/// <summary>
/// Nodes, a ledger, a disk and a network, one act after the other as a seed has it: first all goes wrong that can, then everything is
/// mended, and the run must end.
/// </summary>
internal sealed class SimulatedWorld
{
    public const int Batches = 6;
    public static readonly TimeSpan TickTime = TimeSpan.FromMilliseconds(500), LeaseTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Jump = TimeSpan.FromHours(1);

    /// <summary>A lease that was given while the ledger's clock was an hour ahead lasts so much longer once it is set right.</summary>
    private static readonly int Bound = (int)((Jump + TimeSpan.FromMinutes(10)) / TickTime);

    private const int Troubled = 500;
    private readonly Random _random;
    private readonly LedgerModel _ledger;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly HashSet<(BatchKey, int)> _given = [];
    private readonly Dictionary<BatchKey, int> _epochs = [];
    private TimeSpan _ledgerOff, _wallOff;
    private int _ids;

    public SimulatedWorld(int seed)
    {
        _random = new(seed);
        _ledger = Model();
        Network = new(_random, _ledger)
        {
            Loss = 0.3 * _random.NextDouble(),
            Doubling = 0.5 * _random.NextDouble(),
            LongestDelay = _random.Next(1, 30),
        };
        _nodes.AddRange(Enumerable.Range(0, 3).Select(_ => NewNode()));
    }

    public SimulatedNetwork Network { get; }

    public SimulatedDisk Disk { get; } = new();

    /// <summary>Since before the first boot, with some room to go back by.</summary>
    public TimeSpan Elapsed => TimeSpan.FromHours(10) + (Network.Tick * TickTime);

    public int Kills { get; private set; }

    public int Stops { get; private set; }

    /// <summary>Ticks from when everything was mended to the end of the run.</summary>
    public int TicksToEnd { get; private set; }

    public string NextId() => $"g{++_ids}";

    /// <summary>A lease was heard of: nobody may hear of it but its holder, and epochs only grow.</summary>
    public void Given(Lease lease) => Require(_given.Add((lease.Batch, lease.Epoch)), $"{lease} was given twice");

    public void Run()
    {
        var submission = new RunSubmission("winds", "{}", "/scratch/winds", 0, 1, new(false, null), int.MaxValue, null);
        var run = _ledger.SubmitAsync(submission, default).GetAwaiter().GetResult().RunId;
        for (var tick = 0; tick < Troubled; tick++)
        {
            Trouble();
            Step(run);
        }

        Mend();
        while (_ledger.RunAsync(run, default).GetAwaiter().GetResult()!.State != RunState.Completed)
        {
            Require(++TicksToEnd < Bound, "the run did not end in time after everything was mended");
            Step(run);
        }

        Check(run);
    }

    private void Step(string run)
    {
        Network.Advance();
        foreach (var node in _nodes.Where(n => !n.IsDead && n.StoppedUntil <= Network.Tick).ToList())
        {
            node.Act();
        }

        foreach (var batch in _ledger.BatchesAsync(run, default).GetAwaiter().GetResult())
        {
            Require(batch.Epoch >= _epochs.GetValueOrDefault(batch.Key), $"the epoch of {batch.Key} went back");
            _epochs[batch.Key] = batch.Epoch;
        }
    }

    private void Trouble()
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            if (_random.Next(150) == 0)
            {
                Kills++;
                _nodes[i].IsDead = true;
                _nodes[i] = NewNode();
                _nodes[i].StoppedUntil = Network.Tick + _random.Next(40);
            }
            else if (_random.Next(100) == 0)
            {
                Stops++;
                _nodes[i].StoppedUntil = Network.Tick + _random.Next(80);
            }
        }

        if (_random.Next(200) == 0)
        {
            _ledgerOff = Jump * _random.Next(-1, 2);
        }

        if (_random.Next(100) == 0)
        {
            _wallOff = Jump * _random.Next(-1, 2);
        }
    }

    private void Mend()
    {
        (Network.Loss, Network.Doubling, Network.LongestDelay) = (0, 0, 1);
        _ledgerOff = TimeSpan.Zero;
        _nodes.ForEach(n => n.StoppedUntil = 0);
    }

    /// <summary>Lineage is a line that reaches the end, and every session that was reported is on it.</summary>
    private void Check(string run)
    {
        for (var batch = 0; batch < Batches; batch++)
        {
            var line = Disk.Line(batch);
            Require(Disk.Fork(batch) is null, $"the lineage of batch {batch} is no line: {Disk.Fork(batch)}");
            Require(line.Count > 0 && Disk.LeadOf(line[^1].Id) == SimulatedGang.Steps, $"batch {batch} did not reach its end");
        }

        foreach (var reported in _ledger.SessionsAsync(run, default).GetAwaiter().GetResult())
        {
            Require(Disk.Line(reported.Key.First).Any(s => s.Id == reported.Name), $"{reported.Name}, which was reported, is lost");
        }
    }

    private LedgerModel Model() => new(() => Elapsed + _ledgerOff, () => DateTimeOffset.UnixEpoch + Elapsed + _wallOff);

    private SimulatedNode NewNode() => new(this, $"n{++_ids}");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new SimulationFailedException(otherwise);
        }
    }
}

/// <summary>A promise was broken.</summary>
internal sealed class SimulationFailedException(string message) : Exception(message);
