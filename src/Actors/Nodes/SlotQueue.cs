namespace Cairn.Actors.Nodes;

/// <summary>
/// Decides which batches are stepped on a node and which wait: in the order in which they came, each as many slots as it has ranks. A batch
/// that needs more slots than there are is stepped alone. Pure.
/// </summary>
/// <typeparam name="T">A batch.</typeparam>
/// <param name="slots">Slots of the node, at least 1.</param>
public sealed class SlotQueue<T>(int slots) where T : notnull
{
    private readonly LinkedList<(T Batch, int Needs)> _waiting = new();
    private readonly Dictionary<T, int> _running = [];

    /// <summary>Slots that no batch has.</summary>
    public int Free => slots - _running.Values.Sum();

    /// <summary>Batches that have their slots.</summary>
    public IReadOnlyCollection<T> Running => _running.Keys;

    /// <summary>Batches that wait for slots, the first in line first.</summary>
    public IEnumerable<T> Waiting => _waiting.Select(w => w.Batch);

    /// <summary>Adds a batch that waits.</summary>
    public void Add(T batch, int needs) => _waiting.AddLast((batch, Math.Min(needs, slots)));

    /// <summary>The next batch that may be started, which has its slots from then on; false when none may.</summary>
    public bool TryStart(out T batch)
    {
        batch = default!;
        // The first in line waits for room; nobody overtakes it, or it might wait for ever.
        if (_waiting.First is not { } first || first.Value.Needs > Free)
        {
            return false;
        }

        _waiting.RemoveFirst();
        batch = first.Value.Batch;
        _running.Add(batch, first.Value.Needs);
        return true;
    }

    /// <summary>A batch has ended: its slots are free.</summary>
    public void Ended(T batch) => _running.Remove(batch);

    /// <summary>Takes out the batches that wait and of which something holds.</summary>
    public IReadOnlyList<T> Withdraw(Predicate<T> which)
    {
        List<T> withdrawn = [.. _waiting.Select(w => w.Batch).Where(batch => which(batch))];
        foreach (var node in Nodes().Where(node => which(node.Value.Batch)).ToList())
        {
            _waiting.Remove(node);
        }

        return withdrawn;
    }

    private IEnumerable<LinkedListNode<(T Batch, int Needs)>> Nodes()
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            yield return node;
        }
    }
}
