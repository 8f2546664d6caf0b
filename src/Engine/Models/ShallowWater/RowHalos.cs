namespace Cairn.Engine.Models.ShallowWater;

/// <summary>The rows on either side of a rank's own, of all members in one exchange. The rank before this one lies to the south. Its
/// buffers are made once for a number of members.</summary>
internal sealed class RowHalos<T>(ICommunicator ranks, int rows, int columns) where T : unmanaged
{
    private const int Fields = ShallowWaterSlab<T>.HaloFields;
    private T[] _toSouth = [], _toNorth = [], _fromSouth = [], _fromNorth = [];

    /// <summary>u, v and p of a member's row south of the first, <c>[3, column]</c>.</summary>
    public ReadOnlySpan<T> South(int member) => _fromSouth.AsSpan(member * Fields * columns, Fields * columns);

    /// <summary>The same of the row north of the last.</summary>
    public ReadOnlySpan<T> North(int member) => _fromNorth.AsSpan(member * Fields * columns, Fields * columns);

    /// <summary>u of a member's row south of the first, after <see cref="ExchangeNorthward"/>.</summary>
    public ReadOnlySpan<T> SouthU(int member) => _fromSouth.AsSpan(member * columns, columns);

    /// <summary>Exchanges u, v and p with both neighbours, as a step needs them.</summary>
    public void Exchange(ReadOnlySpan<T> state, int members)
    {
        Reserve(members);
        for (var i = 0; i < members * Fields; i++)
        {
            var to = i * columns;
            Row(state, i / Fields, i % Fields, 0).CopyTo(_toSouth.AsSpan(to));
            Row(state, i / Fields, i % Fields, rows - 1).CopyTo(_toNorth.AsSpan(to));
        }
        var length = members * Fields * columns;
        ranks.Exchange(Bytes(_toSouth, length), Bytes(_fromSouth, length), Bytes(_toNorth, length), Bytes(_fromNorth, length));
    }

    /// <summary>Hands u northward only: all that vorticity needs.</summary>
    public void ExchangeNorthward(ReadOnlySpan<T> state, int members)
    {
        Reserve(members);
        for (var member = 0; member < members; member++)
            Row(state, member, 0, rows - 1).CopyTo(_toNorth.AsSpan(member * columns));
        var length = members * columns;
        ranks.Exchange([], Bytes(_fromSouth, length), Bytes(_toNorth, length), []);
    }

    private ReadOnlySpan<T> Row(ReadOnlySpan<T> state, int member, int field, int row) =>
        state.Slice(((((member * ShallowWaterSlab<T>.Levels) + field) * rows) + row) * columns, columns);

    private void Reserve(int members)
    {
        var length = members * Fields * columns;
        if (_toSouth.Length < length)
            (_toSouth, _toNorth, _fromSouth, _fromNorth) = (new T[length], new T[length], new T[length], new T[length]);
    }

    private static Span<byte> Bytes(T[] values, int length) => MemoryMarshal.AsBytes(values.AsSpan(0, length));
}
