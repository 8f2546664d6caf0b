namespace Cairn.ActorKernel.Actor;

/// <summary>The top of a system's tree.</summary>
internal sealed class RootPath(Address address) : ActorPath("", 0)
{
    public override Address Address { get; } = address;

    public override ActorPath Parent => this;

    public override ActorPath Root => this;

    public override int Depth => 0;
}
