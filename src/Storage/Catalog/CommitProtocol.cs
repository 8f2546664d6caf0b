using Cairn.Storage.Sessions;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>Makes a commit visible all at once: everything is staged and durable before one rename, and the rename is durable before the
/// commit is reported. See docs/checkpoints.md for the steps.</summary>
internal sealed class CommitProtocol(CatalogFolder folder, EpochStore epochs, IDurableFiles files, TimeProvider time)
{
    private bool _ancestorsDurable;
    private bool _foundDurable;

    /// <exception cref="FencedException">A newer epoch has begun; nothing of this commit will ever be selected.</exception>
    /// <exception cref="DurableIOException">Before the rename: nothing was committed. From the rename on: only reading the catalog can
    /// tell.</exception>
    public RankManifest Commit(CommitRequest request)
    {
        epochs.RequireNewest(request.Epoch);
        if (!_foundDurable)
        {
            FoundEntries.MakeDurable(files, folder.Root);
            _foundDurable = true;
        }

        _ = DurableTree.CreateDirectories(files, folder.CommitsPath);
        var staging = StagingPath(folder.Root, request.CommitId, request.Epoch);
        var commit = Stage(request, staging);
        SyncAfterRename();
        // A newer epoch that began during the rename may or may not have seen it: only without one is the commit certain to count.
        epochs.RequireNewest(request.Epoch);
        return commit;
    }

    public static string StagingPath(string root, string name, int epoch) =>
        Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $".tmp_{name}_e{epoch}"));

    private RankManifest Stage(CommitRequest request, string staging)
    {
        var renamed = false;
        try
        {
            var (map, sealedBytes) = WriteFiles(request, staging);
            request.BeforeCommit?.Invoke();
            epochs.RequireNewest(request.Epoch);
            var committed = Path.Combine(folder.CommitsPath, request.CommitId);
            // Parsed before the rename: a manifest that could not be read back must never become a commit.
            var manifest = Manifest.Parse(map, committed, inFallback: false, sealHolds: true, (_, stored) => Captured(request, stored));
            files.Rename(staging, committed);
            renamed = true;
            return RankManifest.Of(manifest, request.Rank, sealedBytes);
        }
        finally
        {
            if (!renamed)
                folder.Abandon(staging);
        }
    }

    private (JObject Manifest, byte[] Sealed) WriteFiles(CommitRequest request, string staging)
    {
        _ = DurableTree.CreateDirectories(files, staging);
        using var area = new CommitStaging(files, staging);
        var states = new JObject();
        foreach (var state in request.States)
            states[state.StateId] = WriteState(area, state);

        var metadata = PayloadJson.Map(
            request.Metadata, PayloadJson.ShortName, (path, array) => area.WriteArray("metadata/" + path, array));
        var manifest = ManifestJson.Build(request, SavedAt(request), metadata, states, area.Staged);
        var bytes = ManifestSeal.Seal(manifest, "manifest.json");
        area.WriteBytes("manifest.json", bytes);
        area.Sync();
        return (manifest, bytes);
    }

    private static JObject WriteState(CommitStaging area, StatePayload state)
    {
        var folder = "states/" + PayloadJson.ShortName(state.StateId);
        var description = new JObject
        {
            ["state_id"] = state.StateId,
            ["schema_hash"] = state.SchemaHash,
            ["fields"] = PayloadJson.Map(state.Fields, name => name, (path, array) => area.WriteArray($"{folder}/{path}", array)),
        };
        area.WriteBytes(folder + "/metadata.json", PythonJson.Write(description, $"The state {state.StateId}"));
        return new JObject { ["path"] = folder, ["schema_hash"] = state.SchemaHash };
    }

    private static Arrays.NdArray Captured(CommitRequest request, StoredArray stored)
    {
        var arrays = new Dictionary<string, Arrays.NdArray>();
        _ = PayloadJson.Map(request.Metadata, PayloadJson.ShortName, arrays.Add);
        return arrays[stored.Path];
    }

    private string SavedAt(CommitRequest request)
    {
        var now = time.GetUtcNow();
        return PythonTime.Stamp(request.ParentSavedAt is { } parent && now <= parent ? parent.AddMicroseconds(1) : now);
    }

    private void SyncAfterRename()
    {
        files.SyncAll([], [folder.CommitsPath, folder.Root]);
        if (!_ancestorsDurable)
        {
            // An earlier process may have made them and died before its fsync, so existing ones are synced as well, once.
            Ancestors.Sync(files, folder.Root);
            _ancestorsDurable = true;
        }
    }
}

/// <summary>Everything that a commit writes, captured: nothing in it changes while it is being written.</summary>
internal sealed record CommitRequest
{
    public required string CheckpointName { get; init; }
    public required CheckpointMode Mode { get; init; }
    public required string CommitId { get; init; }
    public required int Rank { get; init; }
    public required int WorldSize { get; init; }
    public required JObject Labels { get; init; }
    public required IReadOnlyDictionary<string, Payload> Metadata { get; init; }
    public required int WriteCount { get; init; }
    public required IReadOnlyList<StatePayload> States { get; init; }
    public required int Epoch { get; init; }
    public required long Sequence { get; init; }
    public required string? Parent { get; init; }

    /// <summary>The parent's time: a clock that was set back must not put a row before its parent.</summary>
    public required DateTimeOffset? ParentSavedAt { get; init; }
    public IReadOnlyDictionary<string, string>? Fingerprint { get; init; }
    public string? SpecDigest { get; init; }

    /// <summary>Makes durable what the commit refers to but does not contain, such as field output.</summary>
    public Action? BeforeCommit { get; init; }
}

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
            Sync([]);

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
