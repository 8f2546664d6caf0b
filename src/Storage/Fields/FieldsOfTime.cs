namespace Cairn.Storage.Fields;

/// <summary>One initial time of a store: what a store of that time alone would be, its members numbered from 0.</summary>
/// <param name="store">The store.</param>
/// <param name="time">The initial time, from 0.</param>
/// <param name="members">Only the first so many of its members; null for all.</param>
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
