namespace Cairn.ActorKernel.Cells;

/// <summary>The handlers of one behaviour, asked in the order in which they were named.</summary>
internal sealed class HandlerList
{
    private Func<object, bool>[] _handlers = [];
    private bool _takesEverything;

    public void Add<T>(Action<T> handler, Predicate<T>? shouldHandle)
    {
        Add(shouldHandle is null
            ? message =>
            {
                if (message is not T wanted)
                {
                    return false;
                }

                handler(wanted);
                return true;
            }
            : message =>
            {
                if (message is not T wanted || !shouldHandle(wanted))
                {
                    return false;
                }

                handler(wanted);
                return true;
            });
        _takesEverything |= typeof(T) == typeof(object) && shouldHandle is null;
    }

    public void Add<T>(Func<T, bool> handler) => Add(message => message is T wanted && handler(wanted));

    public bool Handle(object message)
    {
        foreach (var handler in _handlers)
        {
            if (handler(message))
            {
                return true;
            }
        }

        return false;
    }

    private void Add(Func<object, bool> handler)
    {
        if (_takesEverything)
        {
            throw new InvalidOperationException(
                "a handler of everything was named before; name this one first, or it would never be asked.");
        }

        _handlers = [.. _handlers, handler];
    }
}
