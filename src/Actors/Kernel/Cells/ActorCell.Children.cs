using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Cells;

/// <content>Children.</content>
internal sealed partial class ActorCell
{
    private ChildTable? _children;

    private ChildTable Children => _children ?? Interlocked.CompareExchange(ref _children, new(), null) ?? _children;

    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null && !ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Expected letters, digits and -_.*$+:@&=,!~';()\", not beginning with $.");
        }

        var child = Children.Add(name, given => new(_system, props, _self, new ChildPath(_self.Path, given, _system.NextUid())));

        // Who is made while its parent waits for a decision waits as well.
        for (var i = 0; _failed is not null && i < _suspensions; i++)
        {
            child.Send(new SuspendActor());
        }

        child.Cell.Start();
        return child;
    }

    public IActorRef Child(string name) => (IActorRef?)_children?.Find(name) ?? ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() => ChildStates().Select(c => c.Child);

    public List<ChildState> ChildStates() => _children?.All() ?? [];

    public void Stop(IActorRef child)
    {
        if (child is LocalActorRef local)
        {
            _children?.MarkStopping(local);
        }

        (child as ISystemReceiver)?.Send(new StopActor());
    }

    /// <summary>A child has stopped; if it was the last one that something waited for, that something happens now.</summary>
    private void RemoveChild(LocalActorRef child)
    {
        switch (Children.Remove(child))
        {
            case ChildTable.Purpose.Restart:
                FinishRestart();
                break;
            case ChildTable.Purpose.Create:
                FinishCreateAgain();
                break;
            case ChildTable.Purpose.Terminate:
                FinishTerminate();
                break;
            default:
                break;
        }
    }
}
