using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Cells;

/// <summary>
/// The life of one actor behind one handle: its queues, its instance and their replacements, its children, its watchers. All
/// state but the queues is touched in the actor's own turns only, and turns never overlap.
/// </summary>
internal sealed partial class ActorCell : IUntypedActorContext
{
    private readonly LocalActorSystem _system;
    private readonly LocalActorRef _self;
    private readonly ISystemReceiver _parent;
    private Behaviors _behaviors;
    private ActorBase? _actor;

    public ActorCell(LocalActorSystem system, LocalActorRef self, Props props, ISystemReceiver parent)
    {
        (_system, _self, Props, _parent) = (system, self, props, parent);
        Sender = system.DeadLetters;
        _signals.TryAdd(new CreateActor());
    }

    public ActorSystem System => _system;

    public IActorRef Self => _self;

    public IActorRef Parent => _parent;

    public Props Props { get; }

    public IActorRef Sender { get; private set; }

    /// <summary>The message that is being handled, or by which the actor failed.</summary>
    public object? CurrentMessage { get; private set; }

    public TimeProvider Clock => _system.Clock;

    public void Become(Receive receive) => _behaviors.Replace(receive);

    public void BecomeStacked(Receive receive) => _behaviors.Push(receive);

    public void UnbecomeStacked() => _behaviors.Pop();

    public void Become(UntypedReceive receive) => Become(TakingAll(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(TakingAll(receive));

    private static Receive TakingAll(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };
}
