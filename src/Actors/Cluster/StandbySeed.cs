using Akka.Persistence;
using Cairn.Actors.Runs;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Reads the registry's journal once when a seed starts beside another: then the code of a takeover has run once, and a database that
/// this seed cannot reach is reported while another seed can still work without it. Reading for the first time in a process
/// takes seconds on a busy machine.
/// </summary>
internal sealed class StandbySeed : ReceivePersistentActor
{
    private readonly RunIndex _index = new();

    public StandbySeed()
    {
        Recover<SnapshotOffer>(offer => _index.Restore(PackedSnapshot.Unpack<RunIndexSnapshot>(offer.Snapshot)
            ?? throw new DataException($"The snapshot is not one of the registry: it is a {offer.Snapshot.GetType()}.")));
        Recover<RegistryEvent>(_index.Apply);
        Recover<RecoveryCompleted>(_ => Context.Stop(Self));
    }

    /// <inheritdoc/>
    public override string PersistenceId => RunRegistry.JournalId;

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) => Log.Warning(
        "This seed could not take over now: it cannot read the journal of runs ({0}). Is it the same journal as that of the other seeds, "
        + "and does its database answer?", reason.Message);
}
