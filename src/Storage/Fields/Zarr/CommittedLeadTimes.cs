using System.Buffers.Binary;
using System.Text.Json.Nodes;
using System.Xml;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>Up to which lead time each member is committed: an array with one chunk (8 bytes) per member, so that batches never write into
/// each other's, and an attribute of the store derived from it. In a store of several initial times both have an index of the time besides:
/// <c>3.1</c> is member 3 of the second time.</summary>
/// <remarks>The attribute is derived from the whole array once; from then on a commit's own members are put into what the attribute says.
/// So a commit reads no more files in an ensemble of many members. The attribute is as long as the ensemble is large: it is rewritten when
/// a hundredth of the members have got farther, and by <see cref="Settle"/>. Until then it says less than the array, never more.</remarks>
internal sealed class CommittedLeadTimes(IDurableFiles files, string store, ZarrFormat format, MemberNumbers numbers)
{
    private const int Share = 100;
    private readonly Lock _lock = new();
    private readonly HashSet<int> _unsaid = [];
    private readonly string _folder = Path.Combine(store, FieldDescription.Committed);
    private bool _isDerived;

    internal void Set(IReadOnlyCollection<int> committed, TimeSpan leadTime)
    {
        var seconds = (long)leadTime.TotalSeconds;
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, seconds);
        // Every start of a batch says once more what is committed, and every end of a run of all batches.
        var before = committed.Select(member => (Member: member, LeadTime: Get(member))).ToList();
        var changed = before.Where(b => b.LeadTime != TimeSpan.FromSeconds(seconds)).Select(b => b.Member).ToList();
        var isLess = before.Exists(b => b.LeadTime > TimeSpan.FromSeconds(seconds));
        foreach (var member in changed)
            AtomicFile.Replace(files, ChunkPath(member), bytes);

        if (changed.Count > 0)
            files.SyncDirectory(_folder);

        lock (_lock)
        {
            _unsaid.UnionWith(changed);
            if (!_isDerived || isLess || _unsaid.Count >= Math.Max(1, numbers.Count / Share))
                DeriveAttribute();
        }
    }

    /// <summary>Names what a store of one initial time says as one of several does. Cut short, members count as not committed until the run
    /// that grows the store says it once more, as it does for each batch.</summary>
    internal static void Widen(IDurableFiles files, string store, ZarrFormat format)
    {
        var folder = Path.Combine(store, FieldDescription.Committed);
        foreach (var entry in files.List(folder).ToList())
        {
            if (format.IndexOf(entry.Name) is [var member])
                files.Rename(Path.Combine(folder, entry.Name), Path.Combine(folder, format.ChunkName(member, 0)));
        }
    }

    /// <summary>What an attribute of a store of one initial time says by member, as one of several says it.</summary>
    internal static JsonObject Widened(JsonObject byMember) => new(byMember.Select(said => KeyValuePair.Create(
        said.Key.Contains('.', StringComparison.Ordinal) ? said.Key : said.Key + ".0", said.Value?.DeepClone())));

    /// <summary>The attribute says what the array does.</summary>
    internal void Settle()
    {
        lock (_lock)
        {
            if (!_isDerived || _unsaid.Count > 0)
                DeriveAttribute();
        }
    }

    /// <summary>Nothing of a member is committed any more, and an attribute records the draw with which it starts over.</summary>
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
            _isDerived = false;
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

    /// <summary>Rewrites the attribute from what is on disk, since other processes may be committing other members. Of two that do so at
    /// once the last wins and may miss the other's newest; that one's next commit puts it right, and the array is always right.</summary>
    private void DeriveAttribute((int Member, int Draw)? redrawn = null)
    {
        // Read, not rebuilt from this process's layout: a newer process may have let the store grow.
        var documents = format.Read(files, store);
        if (documents[ZarrMetadata.RootAttributes] is not JsonObject attributes)
            throw new DataException($"{store}: the consolidated metadata has no {ZarrMetadata.RootAttributes}. Delete it so that it is "
              + "written again.");

        var said = ZarrMetadata.ByMember(attributes, FieldDescription.Committed);
        attributes[FieldDescription.Committed] = ZarrMetadata.Text(Committed(said));
        if (redrawn is { } draw)
        {
            var draws = ZarrMetadata.ByMember(attributes, ZarrMetadata.Draws);
            draws[KeyOf(draw.Member)] = draw.Draw;
            attributes[ZarrMetadata.Draws] = ZarrMetadata.Text(draws);
        }

        foreach (var (name, content) in format.AttributeFiles(documents).Append((format.StoreName, format.Whole(documents))))
            AtomicFile.Replace(files, Path.Combine(store, name), ZarrMetadata.Bytes(content));

        _isDerived = true;
        _unsaid.Clear();
    }

    /// <summary>What the attribute is to say, by member.</summary>
    private JsonObject Committed(JsonObject said)
    {
        var times = new SortedDictionary<int, string>();
        foreach (var (name, time) in _isDerived ? said : [])
        {
            if (NumberOf(ZarrFormat.Index(name)) is { } member && time is JsonValue)
                times[member] = time.ToString();
        }

        foreach (var member in _isDerived ? _unsaid : Members())
        {
            if (Get(member) is { } leadTime)
                times[member] = XmlConvert.ToString(leadTime);
        }

        return new JsonObject(times.Select(t => KeyValuePair.Create<string, JsonNode?>(KeyOf(t.Key), t.Value)));
    }

    private IEnumerable<int> Members() => files.List(_folder)
        .Where(entry => entry.IsFile)
        .Select(entry => NumberOf(format.IndexOf(entry.Name)))
        .OfType<int>()
        .Order();

    private string ChunkPath(int member) => Path.Combine(_folder, format.ChunkName(IndexOf(member)));
    private string KeyOf(int member) => string.Join('.', IndexOf(member).Select(i => i.ToString(CultureInfo.InvariantCulture)));

    private IEnumerable<long> IndexOf(int member) =>
        numbers.Times == 1 ? [member] : [numbers.MemberOf(member), numbers.TimeOf(member)];

    private int? NumberOf(IReadOnlyList<int>? index) => index switch
    {
        [var member] when numbers.Times == 1 => member,
        [var member, var time] when member < numbers.Members && time < numbers.Times => numbers.Of(time, member),
        _ => null,
    };
}
