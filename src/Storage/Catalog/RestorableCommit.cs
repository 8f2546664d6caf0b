using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>A commit of which every byte holds, with what was kept of reading it.</summary>
internal sealed record RestorableCommit(Manifest Manifest, VerifiedCommit Kept)
{
    /// <exception cref="DataException">Something does not hold; then nothing of the commit is kept.</exception>
    public static RestorableCommit Verify(IDurableFiles files, Manifest manifest, CheckpointOptions options)
    {
        var kept = new VerifiedCommit(options.Level == 0 ? 0 : options.ReadAheadBytes);
        new CommitVerification(files, manifest, kept).Run();
        return new RestorableCommit(manifest, kept);
    }

    public SessionReader Source(IDurableFiles files) => SessionReader.Of(files, Manifest, Kept);
}
