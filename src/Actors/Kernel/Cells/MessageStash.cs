using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Mailboxes;

namespace Cairn.ActorKernel.Cells;

/// <summary>The stash of one instance of an actor. Used in that actor's turns only.</summary>
internal sealed class MessageStash(ActorCell cell) : IStash
{
    private readonly Queue<Envelope> _aside = [];
    private Envelope? _last;

    public int Count => _aside.Count;

    public bool IsEmpty => Count == 0;

    public bool NonEmpty => Count > 0;

    public void Stash()
    {
        if (_last == cell.CurrentEnvelope)
        {
            throw new IllegalActorStateException($"Can't stash the same message {cell.CurrentMessage} more than once");
        }

        _last = cell.CurrentEnvelope;
        _aside.Enqueue(new Envelope(cell.CurrentMessage!, cell.Sender));
    }

    public void Unstash()
    {
        if (_aside.TryDequeue(out var oldest))
        {
            cell.PutBack(oldest);
        }
    }

    public void UnstashAll()
    {
        foreach (var envelope in _aside.Reverse())
        {
            cell.PutBack(envelope);
        }

        _aside.Clear();
    }
}
