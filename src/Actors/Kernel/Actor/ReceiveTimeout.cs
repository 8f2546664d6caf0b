namespace Cairn.ActorKernel.Actor;

/// <summary>No message has come for as long as <see cref="IActorContext.SetReceiveTimeout"/> said; repeated until one comes.</summary>
public sealed class ReceiveTimeout
{
    private ReceiveTimeout()
    {
    }

    public static ReceiveTimeout Instance { get; } = new();
}
