namespace Cairn.ActorKernel.Mailboxes;

/// <summary>
/// A queue that many threads add to and one takes from, first in, first out, without locks. It can be closed: an addition either
/// is seen by whoever closes it, or is refused, so nothing gets lost between the two.
/// </summary>
/// <remarks>Additions push onto a stack (R. K. Treiber 1986); the taker takes the whole stack at once and turns it around.</remarks>
internal struct InboundQueue
{
    private static readonly Link ClosedMark = new();

    // The stack of what was added and not yet turned around, newest on top.
    private Link? _added;

    // What was turned around, oldest first; the taker's alone.
    private Link? _first;

    public readonly bool HasAny => _first is not null || HasNew;

    /// <summary>Whether something was added that <see cref="Take"/> has not turned around yet; one read.</summary>
    public readonly bool HasNew => Volatile.Read(in _added) is { } top && top != ClosedMark;

    public readonly bool IsClosed => Volatile.Read(in _added) == ClosedMark;

    /// <summary>From any thread. False if the queue is closed.</summary>
    public bool TryAdd(Link item)
    {
        var top = Volatile.Read(ref _added);
        while (top != ClosedMark)
        {
            item.Next = top;
            var seen = Interlocked.CompareExchange(ref _added, item, top);
            if (seen == top)
            {
                return true;
            }

            top = seen;
        }

        item.Next = null;
        return false;
    }

    /// <summary>From the taker's thread. The oldest, or null.</summary>
    public Link? Take()
    {
        if (_first is not { } item)
        {
            if (!HasNew || TurnAround(Interlocked.Exchange(ref _added, null)) is not { } oldest)
            {
                return null;
            }

            item = oldest;
        }

        _first = item.Next;
        item.Next = null;
        return item;
    }

    /// <summary>From the taker's thread. Puts an item before all others.</summary>
    public void PutFirst(Link item)
    {
        item.Next = _first;
        _first = item;
    }

    /// <summary>From the taker's thread. Refuses additions from now on, and gives what is left, oldest first.</summary>
    public IReadOnlyList<Link> Close()
    {
        var left = new List<Link>();
        for (var item = _first; item is not null; item = item.Next)
        {
            left.Add(item);
        }

        for (var item = TurnAround(Interlocked.Exchange(ref _added, ClosedMark)); item is not null; item = item.Next)
        {
            left.Add(item);
        }

        _first = null;
        return left;
    }

    private static Link? TurnAround(Link? newest)
    {
        Link? oldest = null;
        while (newest is not null && newest != ClosedMark)
        {
            var next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }
}
