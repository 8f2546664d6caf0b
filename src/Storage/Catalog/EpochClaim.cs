using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>Starts an epoch: claims its number durably, and determines the session that it starts from.</summary>
/// <param name="epochs">The records on disk.</param>
/// <param name="path">The catalog's name in messages.</param>
/// <param name="time">The clock.</param>
/// <param name="baseBelow">The newest valid session below an epoch, as its predecessor sees the catalog; read again at each call.</param>
internal sealed class EpochClaim(EpochStore epochs, string path, TimeProvider time, Func<int, SessionNode?> baseBelow)
{
    /// <exception cref="FencedException">That epoch or a newer one has begun.</exception>
    public EpochRecord Begin(int? epoch)
    {
        var record = Claim(epoch);
        // A session that an older process made durable while the number was being claimed was reported there: it becomes the base.
        for (var later = baseBelow(record.Epoch); later?.Id != record.Base; later = baseBelow(record.Epoch))
        {
            record = record with { Base = later?.Id, BaseEpoch = later?.Epoch, BaseSequence = later?.Sequence };
            epochs.Replace(record);
        }

        return record;
    }

    private EpochRecord Claim(int? epoch)
    {
        while (true)
        {
            var highest = epochs.Highest();
            var number = epoch ?? highest + 1;
            if (number <= highest)
            {
                throw new FencedException($"Epoch {number} of {path} cannot start: epoch {highest} has started already.");
            }

            var from = baseBelow(number);
            var record = new EpochRecord(
                number, from?.Id, from?.Epoch, from?.Sequence, Environment.MachineName, Environment.ProcessId, time.GetUtcNow());
            if (epochs.TryClaim(record))
            {
                return record;
            }
        }
    }
}
