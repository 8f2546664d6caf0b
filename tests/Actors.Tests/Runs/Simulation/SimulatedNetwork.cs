namespace Cairn.Actors.Tests.Runs.Simulation;

/// <summary>Between nodes and the registry: loses, delays and doubles what is sent, in both directions.</summary>
/// <param name="random">Chance.</param>
internal sealed class SimulatedNetwork(Random random)
{
    private readonly PriorityQueue<Action, (int Tick, int Order)> _underway = new();
    private int _order;

    public double Loss { get; set; }

    public double Doubling { get; set; }

    public int LongestDelay { get; set; } = 1;

    public int Tick { get; private set; }

    public void Send(Action arrives)
    {
        var copies = random.NextDouble() < Doubling ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            if (random.NextDouble() >= Loss)
                _underway.Enqueue(arrives, (Tick + random.Next(LongestDelay + 1), _order++));
        }
    }

    public void Advance()
    {
        Tick++;
        while (_underway.TryPeek(out _, out var due) && due.Tick <= Tick)
            _underway.Dequeue()();
    }
}
