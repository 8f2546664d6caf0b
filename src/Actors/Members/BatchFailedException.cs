namespace Cairn.Actors.Members;

/// <summary>A batch has failed for good; its sessions stay.</summary>
public sealed class BatchFailedException : CairnException
{
    public BatchFailedException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>The failure that ended it.</summary>
    public GangFailure? Failure { get; init; }
}
