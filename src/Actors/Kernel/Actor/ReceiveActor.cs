using Cairn.ActorKernel.Cells;

namespace Cairn.ActorKernel.Actor;

/// <summary>
/// An actor with one handler per kind of message, named in its constructor and in the argument of <see cref="Become(Action)"/>.
/// The first handler that fits takes the message; what none takes goes to <see cref="ActorBase.Unhandled"/>.
/// </summary>
public abstract class ReceiveActor : UntypedActor
{
    private HandlerList? _naming = new();
    private readonly HandlerList _first;

    protected ReceiveActor() => _first = _naming!;

    internal void CloseConstruction() => _naming = null;

    protected sealed override void OnReceive(object message) => Handle(_first, message);

    /// <summary>Replaces the handlers by those that <paramref name="configure"/> names.</summary>
    protected void Become(Action configure)
    {
        var handlers = Name(configure);
        Become((UntypedReceive)(message => Handle(handlers, message)));
    }

    /// <summary>Puts the handlers that <paramref name="configure"/> names on top, until
    /// <see cref="ActorBase.UnbecomeStacked"/> takes them off.</summary>
    protected void BecomeStacked(Action configure)
    {
        var handlers = Name(configure);
        BecomeStacked((UntypedReceive)(message => Handle(handlers, message)));
    }

    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) =>
        Naming.Add(handler, shouldHandle);

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    /// <param name="handler">Answers whether it has handled the message; if not, the next handler that fits is tried.</param>
    protected void Receive<T>(Func<T, bool> handler) => Naming.Add(handler);

    /// <summary>The handler of everything else; none may be named after it.</summary>
    protected void ReceiveAny(Action<object> handler) => Naming.Add(handler, null);

    /// <summary>A handler whose asynchronous code runs in the actor: no other message is handled until it is done.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Receive(InTheActor(handler), shouldHandle);

    /// <inheritdoc cref="ReceiveAsync{T}(Func{T, Task}, Predicate{T})"/>
    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Receive(InTheActor(handler), shouldHandle);

    /// <inheritdoc cref="ReceiveAsync{T}(Func{T, Task}, Predicate{T})"/>
    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAny(InTheActor(handler));

    private static Action<T> InTheActor<T>(Func<T, Task> handler) => message => CurrentCell.Required.RunTask(() => handler(message));

    private HandlerList Naming => _naming ?? throw new InvalidOperationException(
        "handlers can be named in the constructor and in the argument of Become only.");

    private HandlerList Name(Action configure)
    {
        var outer = _naming;
        var handlers = _naming = new HandlerList();
        try
        {
            configure();
            return handlers;
        }
        finally
        {
            _naming = outer;
        }
    }

    private void Handle(HandlerList handlers, object message)
    {
        if (!handlers.Handle(message))
        {
            Unhandled(message);
        }
    }
}
