using Cairn.Actors.Runs;

namespace Cairn.Actors.Tests.Runs.Simulation;

/// <summary>
/// Registry and keeper in one: the real book, decisions, placement and table of nodes before a journal that may fail, and that alone is
/// left
/// when the process dies. Everything that is sent goes out after the journal has the events, or never.
/// </summary>
internal sealed class SimulatedRegistry(SimulatedWorld world, Random random)
{
    private const int Patience = 120;
    private readonly List<JournalEvent> _journal = [];
    private RunBook _book = RunBook.Empty;
    private NodeTable _table = new();
    private int _incarnation, _beganAt;

    public RunBook Book => _book;

    public IReadOnlyList<JournalEvent> Journal => _journal;

    /// <summary>Until when it is down.</summary>
    public int DownUntil { get; set; }

    /// <summary>The part of journal writes that fail, and of those that succeed with the process dying before it can say so.</summary>
    public double Faults { get; set; }

    public int Crashes { get; private set; }

    private bool IsUp => DownUntil <= world.Network.Tick;

    /// <summary>The process dies and comes back: what it knows is what the journal knows.</summary>
    public void Crash(int ticks)
    {
        Crashes++;
        DownUntil = world.Network.Tick + ticks;
        _book = _journal.Aggregate(RunBook.Empty, (book, happened) => book.Apply(happened));
        _table = new NodeTable();
        _incarnation++;
        _beganAt = DownUntil;
    }

    public void Act()
    {
        if (!IsUp)
            return;

        foreach (var (run, grant) in Placement.Place([_book], _table.Rooms([_book])))
            Decide(grant, null);

        if (world.Network.Tick > _beganAt + Patience)
        {
            foreach (var (id, _) in _table.Missing([_book]))
                Decide(new NodeGone(id, false, "it never came back"), null);
        }
    }

    /// <summary>The cluster removed a node. False while nobody is there to hear of it.</summary>
    public bool Removed(string node)
    {
        if (IsUp)
        {
            _table.Remove(node, false, Now);
            Decide(new NodeGone(node, false, "it was removed"), null);
        }

        return IsUp;
    }

    /// <summary>A message arrives.</summary>
    public void Receive(object message, string from)
    {
        if (!IsUp)
            return;

        if (message is not NodeHello hello)
        {
            Decide(message, from);
        }
        else if (_table.Update(hello, Now, DateTimeOffset.UnixEpoch))
        {
            world.Watched(hello.Node.Id);
            foreach (var broken in hello.Holds.Where(h => h.Broken is not null))
                Decide(new GrantBroken(broken.Batch, broken.GrantEpoch, broken.Broken!), null);

            if (!IsUp || !_table.IsPresent(hello.Node.Id))
                return;

            world.Tell(from, new NodeKnown($"{_incarnation}", hello.Number));
            foreach (var order in _table.Reconcile(hello, Runs()))
                world.Tell(from, order);
        }
        else if (!_table.IsPresent(hello.Node.Id))
        {
            world.Tell(from, new NodeDismissed(hello.Node.Id, "it was removed"));
        }
    }

    /// <summary>Carries a command out, as a keeper does. False when the journal failed.</summary>
    public void Decide(object command, string? from)
    {
        if (!IsUp)
            return;

        var decision = RunDecisions.Decide(_book, command, DateTimeOffset.UnixEpoch);
        if (decision.Events.Count > 0)
        {
            if (random.NextDouble() < Faults)
            {
                Crash(random.Next(30));
                return;
            }

            world.Journaled(decision.Events);
            _journal.AddRange(decision.Events);
            if (random.NextDouble() < Faults)
            {
                Crash(random.Next(30));
                return;
            }

            _book = decision.Events.Aggregate(_book, (book, happened) => book.Apply(happened));
        }

        decision.Orders.ToList().ForEach(order => world.Tell(order.Node, order.Message));
        if (decision.Answer is { } answer && from is not null)
            world.Tell(from, answer);
    }

    private TimeSpan Now => TimeSpan.FromSeconds(world.Network.Tick);

    private Dictionary<string, RunBook?> Runs() =>
        _book.HasEnded ? [] : new Dictionary<string, RunBook?> { [_book.Run!.Id] = _book };
}
