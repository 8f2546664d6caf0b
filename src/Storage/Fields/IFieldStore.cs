namespace Cairn.Storage.Fields;

/// <summary>Where the fields of a run go. Several batches may write side by side, each its own members; calls for different members never
/// disturb each other, be they made by threads of one process or by several processes. Members are numbered over all initial times, as
/// <see cref="FieldLayout.Numbers"/> says; <see cref="FieldStoreReading.At"/> gives one time, with members from 0.</summary>
public interface IFieldStore
{
    /// <summary>What the store holds.</summary>
    FieldLayout Layout { get; }

    /// <summary>Writes one chunk whole, or one shard of several, replacing what was there; its bytes are durable when this returns, its
    /// name after <see cref="Sync"/>.</summary>
    /// <param name="member">The member's number over all initial times, from 0 (<see cref="FieldLayout.Numbers"/>).</param>
    /// <param name="firstOutputIndex">The index of the first lead time among those written: a multiple of the layout's lead times per
    /// shard, which are those per chunk where there are no shards.</param>
    /// <param name="variable">A variable of the layout.</param>
    /// <param name="data">Values [n, latitude, longitude] with n from 1 to the lead times of a shard; the rest becomes NaN.</param>
    /// <exception cref="SpecException">The member, index, variable or number of values does not fit the layout
    /// (<see cref="FieldLayout.RequirePlace"/>, <see cref="FieldLayout.RequireValues"/>).</exception>
    /// <exception cref="Durable.DurableIOException">The disk refused; what was there is as it was before.</exception>
    void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<float> data);

    /// <inheritdoc cref="WriteChunk(int, int, string, ReadOnlySpan{float})"/>
    void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<double> data);

    /// <summary>Reads one chunk [lead time, latitude, longitude], or null when it was never written. Its first lead time is a multiple of
    /// the layout's lead times per chunk.</summary>
    /// <exception cref="DataException">The chunk is damaged.</exception>
    double[]? ReadChunk(int member, int firstOutputIndex, string variable);

    /// <summary>Whether a chunk was written, or any of its shard; the bytes are not looked at.</summary>
    bool HasChunk(int member, int firstOutputIndex, string variable);

    /// <summary>Makes the names of all chunks written before this call durable. Must be called before a session's commit point.</summary>
    /// <exception cref="Durable.DurableIOException">The disk failed. From then on every write and <see cref="Sync"/> throws until the store
    /// is opened again, since a second fsync after a failed one may lie; a restart from the newest session rewrites the chunks.</exception>
    void Sync();

    /// <summary>Records, after the commit point, up to which lead time members are committed.</summary>
    void SetCommitted(IReadOnlyCollection<int> members, TimeSpan leadTime);

    /// <summary>The lead time up to which a member is committed, or null.</summary>
    TimeSpan? Committed(int member);

    /// <summary>Records that a member starts over with another draw: nothing of it is committed, and the store records the draw.</summary>
    /// <param name="member">The member.</param>
    /// <param name="draw">The number of its draw, from 1.</param>
    void BeginAnew(int member, int draw);

    /// <summary>The store once more: one that an fsync has failed on takes nothing more, and another that is opened for the same goes
    /// on.</summary>
    IFieldStore Reopen() => this;

    /// <summary>After this, other readers of the store find everything that is committed.</summary>
    void SettleCommitted() { }

    /// <summary>Removes unfinished files of a dead process. Only for the holder of the whole run.</summary>
    void SweepLeftovers() { }

    /// <summary>Takes over what was written at once into another store of the same layout and kind, as
    /// <see cref="WriteChunk(int, int, string, ReadOnlySpan{double})"/> would: by a second name for its file where there is such a thing,
    /// else by a copy.</summary>
    /// <exception cref="DataException">The other store has no such chunk.</exception>
    /// <exception cref="Durable.DurableIOException">The disk refused.</exception>
    void TakeOver(IFieldStore source, int member, int firstOutputIndex, string variable)
    {
        var count = Math.Min(Layout.LeadTimesPerShard, Layout.LeadTimes.Count - firstOutputIndex);
        WriteChunk(member, firstOutputIndex, variable, source.Read(member, firstOutputIndex, count, variable, mayLack: false));
    }
}

/// <summary>What can be asked of every store.</summary>
public static class FieldStoreReading
{
    /// <summary>One initial time of a store, as a store of that time alone would be.</summary>
    /// <param name="store">The store.</param>
    /// <param name="time">The initial time, from 0.</param>
    public static IFieldStore At(this IFieldStore store, int time) =>
        store.Layout.LaterTimes.Count == 0 && time == 0 ? store : new FieldsOfTime(store, time);

    /// <summary>The first members of a store of one initial time, as a store of them alone would be.</summary>
    /// <param name="store">The store.</param>
    /// <param name="members">How many.</param>
    public static IFieldStore First(this IFieldStore store, int members)
    {
        store.Layout.RequireOneTime("The store");
        return members == store.Layout.Members ? store : new FieldsOfTime(store, 0, members);
    }

    /// <summary>Reads fields of one member, whatever the chunks are.</summary>
    /// <param name="store">The store.</param>
    /// <param name="member">The member, from 0.</param>
    /// <param name="first">Index of the first lead time.</param>
    /// <param name="count">How many lead times.</param>
    /// <param name="variable">A variable of the layout.</param>
    /// <param name="mayLack">Whether what was never written is NaN; else it is an error.</param>
    /// <returns>Values [lead time, latitude, longitude].</returns>
    /// <exception cref="DataException">A chunk is damaged, or missing.</exception>
    public static double[] Read(this IFieldStore store, int member, int first, int count, string variable, bool mayLack = true)
    {
        var (plane, perChunk) = (store.Layout.PlaneLength, store.Layout.LeadTimesPerChunk);
        var values = new double[count * plane];
        Array.Fill(values, double.NaN);
        for (var at = first - (first % perChunk); at < first + count; at += perChunk)
        {
            if (store.ReadChunk(member, at, variable) is { } chunk)
            {
                var (from, to) = (Math.Max(first, at), Math.Min(first + count, at + perChunk));
                chunk.AsSpan((from - at) * plane, (to - from) * plane).CopyTo(values.AsSpan((from - first) * plane));
            }
            else if (!mayLack)
            {
                throw new DataException($"The store has no {variable} of member {member} at lead time index {at}, which is needed "
                    + "completely. Resume its run: it restarts before the missing part.");
            }
        }

        return values;
    }
}

/// <summary>One initial time of a store: what a store of that time alone would be, its members numbered from 0.</summary>
internal sealed class FieldsOfTime(IFieldStore store, int time, int? members = null) : IFieldStore
{
    private readonly MemberNumbers _numbers = store.Layout.Numbers;

    public FieldLayout Layout { get; } =
        store.Layout.At(time) with { Members = members ?? store.Layout.Members };

    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<float> data) =>
        store.WriteChunk(Number(member), firstOutputIndex, variable, data);

    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<double> data) =>
        store.WriteChunk(Number(member), firstOutputIndex, variable, data);

    public double[]? ReadChunk(int member, int firstOutputIndex, string variable) =>
        store.ReadChunk(Number(member), firstOutputIndex, variable);

    public bool HasChunk(int member, int firstOutputIndex, string variable) =>
        store.HasChunk(Number(member), firstOutputIndex, variable);

    public void Sync() => store.Sync();

    public void SetCommitted(IReadOnlyCollection<int> members, TimeSpan leadTime) =>
        store.SetCommitted([.. members.Select(Number)], leadTime);

    public TimeSpan? Committed(int member) => store.Committed(Number(member));
    public void BeginAnew(int member, int draw) => store.BeginAnew(Number(member), draw);
    public IFieldStore Reopen() => new FieldsOfTime(store.Reopen(), time, members);
    public void SettleCommitted() => store.SettleCommitted();
    public void SweepLeftovers() => store.SweepLeftovers();

    private int Number(int member)
    {
        Layout.RequireMember(member, "The store");
        return _numbers.Of(time, member);
    }
}

/// <summary>The store of a run without output: it keeps nothing.</summary>
public sealed class NullFieldStore(FieldLayout layout) : IFieldStore
{
    public FieldLayout Layout => layout;

    /// <summary>Does nothing.</summary>
    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<float> data) { }

    /// <summary>Does nothing.</summary>
    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<double> data) { }

    /// <summary>Always true: there is nothing that could be missing.</summary>
    public bool HasChunk(int member, int firstOutputIndex, string variable) => true;

    /// <summary>Always null.</summary>
    public double[]? ReadChunk(int member, int firstOutputIndex, string variable) => null;

    /// <summary>Does nothing.</summary>
    public void Sync() { }

    /// <summary>Does nothing.</summary>
    public void SetCommitted(IReadOnlyCollection<int> members, TimeSpan leadTime) { }

    /// <summary>Always null.</summary>
    public TimeSpan? Committed(int member) => null;

    /// <summary>Does nothing.</summary>
    public void BeginAnew(int member, int draw) { }
}
