namespace Cairn.Engine.Rollouts;

/// <summary>What a ledger says of a batch that this node holds by a lease: without one, the disk alone decides.</summary>
internal interface IBatchLease
{
    /// <summary>The newest session that was reported, with its lead time; null before the first.</summary>
    (string Session, TimeSpan LeadTime)? Reported { get; }

    /// <summary>Is cancelled when the lease is lost.</summary>
    CancellationToken Lost { get; }

    /// <summary>The epoch for a start of the gang. Waits while the ledger cannot be reached.</summary>
    /// <param name="onDisk">The highest epoch on disk, which the new one is above.</param>
    /// <exception cref="FencedException">The lease is lost.</exception>
    int BeginEpoch(int onDisk);
}
