using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Cells;

/// <summary>The stack of an actor's behaviours; the top one handles messages.</summary>
internal struct Behaviors
{
    private Receive? _top;
    private Stack<Receive>? _below;

    public readonly bool Handle(object message) => _top!(message);

    /// <summary>The first behaviour is never replaced: it stays at the bottom, for <see cref="Pop"/> to come back to.</summary>
    public void Replace(Receive receive)
    {
        if (_top is not null && _below is not { Count: > 0 })
        {
            Push(receive);
        }
        else
        {
            _top = receive;
        }
    }

    public void Push(Receive receive)
    {
        (_below ??= new()).Push(_top!);
        _top = receive;
    }

    /// <summary>Goes back to the behaviour below, if there is one.</summary>
    public void Pop()
    {
        if (_below is { Count: > 0 } below)
        {
            _top = below.Pop();
        }
    }

    public void Clear() => (_top, _below) = (null, null);
}
