using Cairn.ActorKernel.Cells;

namespace Cairn.ActorKernel.Mailboxes;

/// <summary>
/// A signal by which cells and handles steer each other. Signals overtake all messages, and reach an actor that handles no
/// messages because it failed. Each instance is sent to one receiver only, since it is a link of that one's queue.
/// </summary>
internal abstract class SystemMessage : Link
{
    /// <summary>True if it has to wait while the actor waits for children to stop.</summary>
    public virtual bool WaitsForChildren => false;

    /// <summary>True if it has to wait, besides, until the actor handles messages again.</summary>
    public virtual bool WaitsForRecovery => false;

    public abstract void Deliver(ActorCell cell);

    /// <summary>What is to do when the receiver has stopped.</summary>
    public virtual void ComeTooLate()
    {
    }
}
