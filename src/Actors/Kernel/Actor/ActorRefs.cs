namespace Cairn.ActorKernel.Actor;

/// <summary>The two ways to say that there is no actor: a handle that drops what it is told, and no handle at all.</summary>
public static class ActorRefs
{
    public static readonly Nobody Nobody = Nobody.Instance;

    /// <summary>Null: the receiver sees <see cref="ActorSystem.DeadLetters"/> as the sender.</summary>
    public static readonly IActorRef? NoSender;
}
