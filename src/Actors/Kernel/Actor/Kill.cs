namespace Cairn.ActorKernel.Actor;

/// <summary>Makes the actor fail with <see cref="ActorKilledException"/>; its parent decides, to stop it by default.</summary>
public sealed class Kill
{
    private Kill()
    {
    }

    public static Kill Instance { get; } = new();

    public override string ToString() => "<Kill>";
}
