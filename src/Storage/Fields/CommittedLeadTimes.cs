using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Fields;

/// <summary>
/// Up to which lead time each member is committed: an array with one chunk (8 bytes) per member, so that batches never write into each
/// other's, and an attribute of the store derived from it.
/// </summary>
internal sealed class CommittedLeadTimes(IDurableFiles files, string store)
{
    private readonly Lock _lock = new();
    private readonly string _folder = Path.Combine(store, ZarrMetadata.Committed);

    internal void Set(IReadOnlyCollection<int> members, TimeSpan leadTime)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)leadTime.TotalSeconds);
        foreach (var member in members)
        {
            AtomicFile.Replace(files, ChunkPath(member), bytes);
        }

        files.SyncDirectory(_folder);
        lock (_lock)
        {
            DeriveAttribute();
        }
    }

    /// <summary>Nothing of a member is committed any more, and an attribute tells which draw it begins anew with.</summary>
    internal void BeginAnew(int member, int draw)
    {
        try
        {
            files.DeleteFile(ChunkPath(member));
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            // It had not come to a session yet.
        }

        files.SyncDirectory(_folder);
        lock (_lock)
        {
            DeriveAttribute((member, draw));
        }
    }

    internal TimeSpan? Get(int member)
    {
        try
        {
            using var stream = files.OpenRead(ChunkPath(member));
            var bytes = new byte[sizeof(long) + 1];
            var seconds = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == sizeof(long)
                ? BinaryPrimitives.ReadInt64LittleEndian(bytes)
                : throw new DataException($"{ChunkPath(member)} is damaged; expected {sizeof(long)} bytes. Delete it; it is derived " +
                    "from the sessions.");
            return seconds is >= 0 and < long.MaxValue / TimeSpan.TicksPerSecond ? TimeSpan.FromSeconds(seconds) : null;
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Rewrites the attribute from what is on disk, since other processes may be committing other members. Of two that do so at once the
    /// last wins and may miss the other's newest; the next commit puts that right, and the array is always right.
    /// </summary>
    private void DeriveAttribute((int Member, int Draw)? redrawn = null)
    {
        var committed = new JsonObject();
        foreach (var member in Members())
        {
            if (Get(member) is { } leadTime)
            {
                committed[member.ToString(CultureInfo.InvariantCulture)] = XmlConvert.ToString(leadTime);
            }
        }

        // Read, not rebuilt from this process's layout: a newer process may have let the store grow.
        var metadata = ZarrLayoutCheck.ReadConsolidated(files, store);
        if (metadata[ZarrMetadata.RootAttributes] is not JsonObject attributes)
        {
            throw new DataException($"{store}: the consolidated metadata has no {ZarrMetadata.RootAttributes}. Delete it to have it " +
                "written anew.");
        }

        attributes[ZarrMetadata.Committed] = committed;
        if (redrawn is { } draw)
        {
            var draws = attributes[ZarrMetadata.Draws]?.AsObject().DeepClone().AsObject() ?? [];
            draws[draw.Member.ToString(CultureInfo.InvariantCulture)] = draw.Draw;
            attributes[ZarrMetadata.Draws] = draws;
        }

        AtomicFile.Replace(files, Path.Combine(store, ZarrMetadata.RootAttributes), ZarrMetadata.Bytes(attributes));
        AtomicFile.Replace(files, Path.Combine(store, ZarrMetadata.ConsolidatedName), ZarrMetadata.Bytes(metadata.Root));
    }

    private IEnumerable<int> Members() => files.List(_folder)
        .Where(entry => entry.IsFile)
        .Select(entry => int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var member) ? member : -1)
        .Where(member => member >= 0)
        .Order();

    private string ChunkPath(int member) => Path.Combine(_folder, member.ToString(CultureInfo.InvariantCulture));
}
