using System.Security.Cryptography;
using System.Text;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>How a run's folder says whose it is.</summary>
internal static class RunOwnership
{
    private const int DigestCharacters = 12;

    /// <summary>
    /// The run with a digest of its spec, by which all nodes know it, and the ledger as this node calls it, for people.
    /// </summary>
    public static string Of(ClaimedBatch claimed, string ledger)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(claimed.Spec)))[..DigestCharacters];
        return $"run {claimed.Lease.Batch.RunId} ({digest}) of {ledger}";
    }
}
