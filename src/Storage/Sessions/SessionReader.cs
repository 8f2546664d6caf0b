using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>Reads a session for one rank of a gang that may have another number of ranks than the one that wrote it. Sharded fields come
/// from the ranks that hold them; everything else, with the same number of ranks, from the rank's own commit, and otherwise from the lowest
/// rank that holds the state, provided that all ranks that hold it agree.</summary>
internal sealed class SessionReader
{
    private readonly Dictionary<(int Rank, string StateId), StatePayload> _states = [];
    private readonly Dictionary<string, Dictionary<string, ShardName>> _parts = [];
    private readonly IDurableFiles _files;
    private readonly IReadOnlyList<RankManifest> _ranks;
    private readonly IReadOnlyDictionary<string, ShardedField> _fields;
    private readonly RankManifest _own;
    private readonly bool _sameCut;
    private readonly VerifiedCommit? _kept;

    public SessionReader(IDurableFiles files, Session session, int rank, int worldSize)
        : this(files, session.Ranks, session.Fields)
    {
        (SessionId, SavedAt) = (session.Id, session.SavedAt);
        _sameCut = session.WorldSize == worldSize;
        _own = session.Ranks[_sameCut ? rank : 0];
    }

    private SessionReader(
        IDurableFiles files,
        IReadOnlyList<RankManifest> ranks,
        IReadOnlyDictionary<string, ShardedField> fields,
        VerifiedCommit? kept = null)
    {
        (_files, _ranks, _fields, _own, _sameCut, _kept) = (files, ranks, fields, ranks[0], true, kept);
        (SessionId, SavedAt) = (_own.CommitId, _own.Manifest.Node.SavedAt);
    }

    /// <summary>What is read: the session's name, or the commit that is one.</summary>
    public string SessionId { get; }

    /// <summary>When that was written, by its writer's clock.</summary>
    public DateTimeOffset SavedAt { get; }

    /// <summary>The commit that unsharded state comes from.</summary>
    public Manifest Manifest => _own.Manifest;

    /// <summary>A commit on its own: of one rank, or one that this rank has just made.</summary>
    public static SessionReader Of(IDurableFiles files, Manifest manifest, VerifiedCommit? kept = null)
    {
        var rank = new RankManifest(manifest, manifest.Row.Rank, 0, 0);
        var fields = manifest.Shards.ToDictionary(
            s => s.Key,
            s => new ShardedField(s.Value.DType, s.Value.Slice.GlobalShape, [new RankSlice(rank.Rank, s.Value.Slice)]));
        return new SessionReader(files, [rank], fields, kept);
    }

    /// <summary>The states of all ranks that can be read.</summary>
    public IReadOnlyList<string> StateIds =>
        [.. (_sameCut ? [_own] : _ranks).SelectMany(r => r.Manifest.States.Keys).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Whether there is a state to restore: with another number of ranks, on any of those that wrote.</summary>
    public bool Holds(string stateId) => Holder(stateId).Manifest.States.ContainsKey(stateId);

    /// <summary>The payload tree of one state.</summary>
    /// <exception cref="DataException">It is damaged; or, under another number of ranks, those that hold it differ in what is not
    /// sharded.</exception>
    public StatePayload State(string stateId)
    {
        var holder = Holder(stateId);
        var state = Described(holder, stateId);
        foreach (var other in _sameCut ? [] : _ranks.Where(r => r.Rank != holder.Rank && r.Manifest.States.ContainsKey(stateId)))
            RequireSame(stateId, state, holder, other);

        return state;
    }

    /// <summary>Reads an array that the reader takes whole. With another number of ranks, one rank's part of a field is joined with the
    /// others: code that asks for no slice wants the whole domain.</summary>
    public NdArray Array(string stateId, StoredArray stored) =>
        !_sameCut && Parts(stateId).GetValueOrDefault(stored.Path) is { } name
            ? Slice(name, DomainSlice.Whole(_fields[name.ToString()].GlobalShape))
            : Reader(Holder(stateId)).Array(stateId, stored);

    /// <summary>Releases arrays that were read ahead but not bound.</summary>
    public void Release() => _kept?.Release();

    /// <summary>Reads a part of a field from the ranks that hold it.</summary>
    /// <exception cref="DataException">The field is of another global shape, no session tells its slices, or a file does not
    /// hold.</exception>
    public NdArray Slice(ShardName name, DomainSlice wanted)
    {
        var placed = _fields.GetValueOrDefault(name.ToString()) ?? Unplaced(name, wanted);
        if (!placed.GlobalShape.SequenceEqual(wanted.GlobalShape))
            throw new DataException(
                $"The field {name} was saved with the global shape {ArrayShape.Text(placed.GlobalShape)}; "
                + $"{ArrayShape.Text(wanted.GlobalShape)} is wanted. Restore on the same domain.");

        // What the descriptions promise is compared before memory is taken for it.
        var parts = placed.Slices.Select(held => (Held: held, Part: held.Slice.Intersect(wanted))).Where(p => p.Part is not null)
            .Select(p => (p.Held, Part: p.Part!, Stored: Promised(p.Held, placed.DType, name))).ToList();
        var target = new NdArray(placed.DType, wanted.Shape, new byte[Bytes(name, placed.DType, wanted)]);
        parts.ForEach(p => Read(p.Held, p.Part, p.Stored, target, wanted, name));
        var found = parts.Sum(p => p.Part.Elements);
        return found == wanted.Elements
            ? target
            : throw new DataException(
                $"Of the slice {wanted} of {name}, {wanted.Elements - found} elements are in none of the available commits: select the "
                + "session, not one rank's row.");
    }

    private RankManifest Holder(string stateId) =>
        (_sameCut ? null : _ranks.FirstOrDefault(r => r.Manifest.States.ContainsKey(stateId))) ?? _own;

    /// <summary>The sharded fields of a state by the file that holds the part of the rank that describes it.</summary>
    private Dictionary<string, ShardName> Parts(string stateId)
    {
        if (!_parts.TryGetValue(stateId, out var parts))
            _parts[stateId] = parts = ShardName.All(Described(Holder(stateId), stateId))
                .Where(s => _fields.ContainsKey(s.Name.ToString()))
                .Select(s => (s.Name, ((StoredArray)s.Array).Path))
                .DistinctBy(s => s.Path)
                .ToDictionary(s => s.Path, s => s.Name);

        return parts;
    }

    private static long Bytes(ShardName name, NpyDType dtype, DomainSlice wanted) =>
        ArrayShape.Bytes(dtype, wanted.Shape) is { } bytes && bytes <= System.Array.MaxLength
            ? bytes
            : throw new DataException(
                $"The slice {wanted} of {name} takes more than the {System.Array.MaxLength} bytes of one array: cut it finer.");

    private StoredArray Promised(RankSlice held, NpyDType dtype, ShardName name)
    {
        var rank = _ranks.First(r => r.Rank == held.Rank);
        var stored = Stored(rank, name);
        return stored.DType == dtype && stored.Shape.SequenceEqual(held.Slice.Shape)
            ? stored
            : throw new DataException(
                $"The field {name} of rank {held.Rank} is {stored.DType.Name}{ArrayShape.Text(stored.Shape)} "
                + $"in {rank.CommitId}; its manifest promises {dtype.Name}{ArrayShape.Text(held.Slice.Shape)}.");
    }

    private void Read(RankSlice held, DomainSlice part, StoredArray stored, NdArray target, DomainSlice wanted, ShardName name)
    {
        var rank = _ranks.First(r => r.Rank == held.Rank);
        if (Reader(rank).Kept(name.StateId, stored) is { } whole)
        {
            BoxCopy.Copy(whole.Data.Span, held.Slice, target.Data.Span, wanted, part, stored.DType.ItemSize);
            return;
        }

        SliceReader.Read(_files, rank.Manifest, Reader(rank).Folder(name.StateId), stored, held.Slice, part, target, wanted);
    }

    /// <summary>A commit without a place for the field: of one rank, it holds the whole; of one of several equally cut ranks, its own part,
    /// if the shape is right.</summary>
    private ShardedField Unplaced(ShardName name, DomainSlice wanted)
    {
        var own = Stored(_own, name);
        if (_own.Row.WorldSize == 1)
            return new ShardedField(own.DType, own.Shape, [new RankSlice(_own.Rank, DomainSlice.Whole(own.Shape))]);

        return _sameCut && own.Shape.SequenceEqual(wanted.Shape)
            ? new ShardedField(own.DType, wanted.GlobalShape, [new RankSlice(_own.Rank, wanted)])
            : throw new DataException(
                $"{_own.CommitId} does not say which part of {name} each rank holds, as it was written by Earth2Studio: restore on the "
                + $"{_own.Row.WorldSize} ranks that wrote it, with the same cut.");
    }

    private StoredArray Stored(RankManifest rank, ShardName name) => name.In(Described(rank, name.StateId).Fields) as StoredArray
        ?? throw new DataException($"The commit {rank.CommitId} of rank {rank.Rank} holds no array as {name}.");

    private void RequireSame(string stateId, StatePayload state, RankManifest holder, RankManifest rank)
    {
        var other = Described(rank, stateId);
        foreach (var (name, payload) in state.Fields.Where(f => !_fields.ContainsKey($"{stateId}.{f.Key}")))
        {
            if (!other.Fields.TryGetValue(name, out var there)
                || !PayloadEquality.AreEqual(Unsharded(stateId, name, payload), Unsharded(stateId, name, there), Same))
            {
                throw new DataException(
                    $"The field {stateId}.{name} differs between rank {holder.Rank} and rank {rank.Rank}, so that the session of "
                    + $"{_ranks.Count} ranks cannot be restored on another number: make it a Shard, or restore on as many ranks.");
            }
        }

        bool Same(StoredArray one, StoredArray two) =>
            one.DType == two.DType && one.Shape.SequenceEqual(two.Shape) && Crc(holder, stateId, one) == Crc(rank, stateId, two);
    }

    /// <summary>A dictionary without its sharded entries, of which each rank has its own part.</summary>
    private Payload Unsharded(string stateId, string field, Payload payload) => payload is not DictPayload map ? payload
        : new DictPayload(map.Items
            .Where(item => !_fields.ContainsKey(new ShardName(stateId, field, item.Key).ToString()))
            .ToDictionary());

    /// <summary>The digest of an array's file; where no manifest lists it, of its contents.</summary>
    private uint Crc(RankManifest rank, string stateId, StoredArray stored)
    {
        var reader = Reader(rank);
        var path = $"{reader.Folder(stateId)}/{stored.Path}";
        return rank.Manifest.Listed(path)?.Crc32C ?? Crc32C.Compute(reader.Array(stateId, stored).Data.Span);
    }

    /// <summary>A state's description, read once: each of its sharded fields asks for it, of each rank.</summary>
    private StatePayload Described(RankManifest rank, string stateId)
    {
        if (!_states.TryGetValue((rank.Rank, stateId), out var state))
            _states[(rank.Rank, stateId)] = state = Reader(rank).State(stateId);

        return state;
    }

    /// <summary>Only a commit on its own has been read ahead.</summary>
    private CommitReader Reader(RankManifest rank) => new(_files, rank.Manifest, ReferenceEquals(rank, _own) ? _kept : null);
}

/// <summary>Compares payload trees of two ranks.</summary>
internal static class PayloadEquality
{
    /// <summary>Whether both trees say the same; arrays are equal if <paramref name="arrays"/> says so.</summary>
    public static bool AreEqual(Payload one, Payload other, Func<StoredArray, StoredArray, bool> arrays) => (one, other) switch
    {
        (ScalarPayload a, ScalarPayload b) => a.Kind == b.Kind && Equals(a.Value, b.Value),
        (StoredArray a, StoredArray b) => a.Kind == b.Kind && arrays(a, b),
        (SequencePayload a, SequencePayload b) => a.Kind == b.Kind && a.Items.Count == b.Items.Count
            && a.Items.Zip(b.Items).All(pair => AreEqual(pair.First, pair.Second, arrays)),
        (DictPayload a, DictPayload b) => Maps(a.Items, b.Items, arrays),
        (DataclassPayload a, DataclassPayload b) => a.SchemaHash == b.SchemaHash && Maps(a.Fields, b.Fields, arrays),
        _ => false,
    };

    private static bool Maps(
        IReadOnlyDictionary<string, Payload> one,
        IReadOnlyDictionary<string, Payload> other,
        Func<StoredArray, StoredArray, bool> arrays) =>
        one.Count == other.Count
        && one.All(item => other.TryGetValue(item.Key, out var there) && AreEqual(item.Value, there, arrays));
}
