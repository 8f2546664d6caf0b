using System.Globalization;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>
/// Makes a commit visible all at once: everything is staged and durable before one rename, and the rename is durable before the commit is
/// reported. See docs/checkpoints.md for the steps.
/// </summary>
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
            {
                folder.Abandon(staging);
            }
        }
    }

    private (JObject Manifest, byte[] Sealed) WriteFiles(CommitRequest request, string staging)
    {
        _ = DurableTree.CreateDirectories(files, staging);
        using var area = new CommitStaging(files, staging);
        var states = new JObject();
        foreach (var state in request.States)
        {
            states[state.StateId] = WriteState(area, state);
        }

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
        var arrays = new Dictionary<string, Arrays.NdArray>(StringComparer.Ordinal);
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
