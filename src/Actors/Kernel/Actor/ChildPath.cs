namespace Cairn.ActorKernel.Actor;

/// <summary>A name below another path.</summary>
internal sealed class ChildPath(ActorPath parent, string name, long uid) : ActorPath(name, uid)
{
    public override Address Address => Parent.Address;

    public override ActorPath Parent { get; } = parent;

    public override ActorPath Root => Parent.Root;

    public override int Depth => Parent.Depth + 1;
}
