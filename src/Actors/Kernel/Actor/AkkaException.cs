namespace Cairn.ActorKernel.Actor;

/// <summary>The base of the kernel's own exceptions; the name is that of the API which the kernel is a subset of.</summary>
public abstract class AkkaException : Exception
{
    private protected AkkaException()
    {
    }

    private protected AkkaException(string? message, Exception? cause = null) : base(message, cause)
    {
    }
}
