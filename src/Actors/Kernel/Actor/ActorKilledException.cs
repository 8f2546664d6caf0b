namespace Cairn.ActorKernel.Actor;

/// <summary>The actor was told <see cref="Kill"/>.</summary>
public sealed class ActorKilledException : AkkaException
{
    public ActorKilledException(string message) : base(message)
    {
    }
}
