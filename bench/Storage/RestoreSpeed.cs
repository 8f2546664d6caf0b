using System.Security.Cryptography;
using Cairn.Storage.Catalog;

namespace Cairn.Bench.Storage;

/// <summary>A verified restore against a plain reading of the same files, both out of the page cache.</summary>
internal sealed class RestoreSpeed(string scratch, int rounds)
{
    private readonly byte[] _piece = new byte[1 << 20];

    public void Run(int mebibytes)
    {
        var path = Path.Combine(scratch, "restore");
        var checkpoint = BenchState.Catalog(path, CheckpointMode.Overwrite, CheckpointStaging.Synchronous);
        using (var session = checkpoint.Open())
        {
            session.Bind(BenchState.OfSize((long)mebibytes << 20));
            session.Write();
        }

        var files = Directory.GetFiles(checkpoint.Rows[^1].Directory, "*", SearchOption.AllDirectories);
        new Measured(
                $"restore of {mebibytes} MiB", "plain reading into memory", "plain reading past a buffer",
                "reading into memory and SHA-256",
                "restore, every byte verified")
            .Rounds(
                rounds,
                () => Measured.Milliseconds(() => _ = files.Select(File.ReadAllBytes).ToList()),
                () => Measured.Milliseconds(() => Array.ForEach(files, ReadPast)),
                () => Measured.Milliseconds(() => files.Select(File.ReadAllBytes).ToList().ForEach(bytes => SHA256.HashData(bytes))),
                () => Measured.Milliseconds(() => Restore(path)))
            .Print();
        Directory.Delete(path, recursive: true);
    }

    private static void Restore(string path)
    {
        using var session = BenchState.Catalog(path, CheckpointMode.Overwrite, CheckpointStaging.Synchronous).Open();
        if (!session.Bind(new BenchState()).StateLoaded)
            throw new InvalidOperationException("Nothing was restored.");
    }

    private void ReadPast(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        while (stream.Read(_piece) > 0)
        {
        }
    }
}
