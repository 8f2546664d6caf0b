using Cairn.Storage.Ledger;

namespace Cairn.Actors.Tests.Leases.Simulation;

/// <summary>Between nodes and the ledger: loses, delays and doubles what is sent, in both directions.</summary>
internal sealed class SimulatedNetwork(Random random, IRunLedger ledger)
{
    private readonly PriorityQueue<Action, (int Tick, int Order)> _underway = new();
    private int _order;

    public double Loss { get; set; }

    public double Doubling { get; set; }

    public int LongestDelay { get; set; }

    public int Tick { get; private set; }

    /// <summary>Sends a call; the answer, if there is one, or more than one, goes to the inbox of the node as it is now.</summary>
    public void Call<T>(SimulatedNode from, Func<IRunLedger, Task<T>> call, Action<T> answered, Action<CairnException>? refused = null) =>
        Send(() =>
        {
            try
            {
                var answer = call(ledger).GetAwaiter().GetResult();
                Send(() => from.Receive(() => answered(answer)));
            }
            catch (CairnException e)
            {
                Send(() => from.Receive(() => refused?.Invoke(e)));
            }
        });

    public void Advance()
    {
        Tick++;
        while (_underway.TryPeek(out _, out var due) && due.Tick <= Tick)
        {
            _underway.Dequeue()();
        }
    }

    private void Send(Action arrives)
    {
        var copies = random.NextDouble() < Doubling ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            if (random.NextDouble() >= Loss)
            {
                _underway.Enqueue(arrives, (Tick + random.Next(LongestDelay + 1), _order++));
            }
        }
    }
}
