using Cairn.Storage.Arrays;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Catalog;

/// <summary>Writes the files of one commit into its staging directory, digesting them on the way, and makes each durable.</summary>
/// <remarks>Files are synced some at a time, after they have been written (<see cref="IDurableFiles.SyncAll"/>).</remarks>
internal sealed class CommitStaging(IDurableFiles files, string root) : IDisposable
{
    private const int MostOpen = 32;
    private const int Piece = 1 << 20;
    private readonly List<StagedFile> _staged = [];
    private readonly List<IDurableFile> _open = [];

    /// <summary>What has been written so far, in order.</summary>
    public IReadOnlyList<StagedFile> Staged => _staged;

    public void WriteArray(string path, NdArray array) => Write(path, sink => Npy.Write(array, bytes => sink(bytes)));

    public void WriteBytes(string path, byte[] bytes) => Write(path, sink => sink(bytes));

    /// <summary>Makes everything written so far durable, with its directories.</summary>
    public void Sync() => Sync([.. DurableTree.Directories(files, root)]);

    private void Sync(IReadOnlyList<string> directories)
    {
        files.SyncAll(_open, directories);
        _open.ForEach(file => file.Close());
        _open.Clear();
    }

    /// <summary>Closes what a failure has left open.</summary>
    public void Dispose() => _open.ForEach(file => file.Dispose());

    private delegate void Sink(ReadOnlySpan<byte> bytes);

    private void Write(string path, Action<Sink> produce)
    {
        var full = ContainedPath.Join(root, path);
        _ = DurableTree.CreateDirectories(files, Path.GetDirectoryName(full)!);
        uint crc = 0;
        long length = 0;
        if (_open.Count == MostOpen)
        {
            Sync([]);
        }

        var file = files.Create(full);
        _open.Add(file);
        produce(bytes =>
        {
            // In pieces, so that what is digested is still in the processor's cache when it is written.
            for (var at = 0; at < bytes.Length; at += Piece)
            {
                var piece = bytes[at..Math.Min(bytes.Length, at + Piece)];
                crc = Crc32C.Append(crc, piece);
                file.Write(piece);
            }

            length += bytes.Length;
        });
        _staged.Add(new StagedFile(path, length, crc));
    }
}
