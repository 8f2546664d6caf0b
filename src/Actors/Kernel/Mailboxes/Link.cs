namespace Cairn.ActorKernel.Mailboxes;

/// <summary>What can be queued: it carries its own place in the queue, so that queueing allocates nothing more.</summary>
internal class Link
{
    public Link? Next { get; set; }
}
