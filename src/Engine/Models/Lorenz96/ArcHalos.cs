using System.Runtime.InteropServices;
using Cairn.Engine.Ranks;

namespace Cairn.Engine.Models.Lorenz96;

/// <summary>
/// Exchanges what lies beyond the ends of a rank's arc: two variables before it and one after it, of all members at once. Its buffers
/// are made once for a number of members.
/// </summary>
internal sealed unsafe class ArcHalos<T>(ICommunicator ranks, int size) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    private const int Below = Lorenz96Step<T>.Below, Above = Lorenz96Step<T>.Above;
    private T[] _toPrevious = [], _toNext = [], _fromPrevious = [], _fromNext = [];

    /// <summary>Sets the elements around each member's arc.</summary>
    /// <param name="first">The first variable of the first member.</param>
    /// <param name="stride">Elements from one member to the next.</param>
    /// <param name="members">Number of members.</param>
    public void Exchange(T* first, int stride, int members)
    {
        Reserve(members);
        for (var member = 0; member < members; member++)
        {
            var arc = first + ((long)member * stride);
            new Span<T>(arc, Above).CopyTo(_toPrevious.AsSpan(member * Above));
            new Span<T>(arc + size - Below, Below).CopyTo(_toNext.AsSpan(member * Below));
        }

        ranks.Exchange(
            Bytes(_toPrevious, members * Above), Bytes(_fromPrevious, members * Below),
            Bytes(_toNext, members * Below), Bytes(_fromNext, members * Above));
        for (var member = 0; member < members; member++)
        {
            var arc = first + ((long)member * stride);
            _fromPrevious.AsSpan(member * Below, Below).CopyTo(new Span<T>(arc - Below, Below));
            _fromNext.AsSpan(member * Above, Above).CopyTo(new Span<T>(arc + size, Above));
        }
    }

    private void Reserve(int members)
    {
        if (_toNext.Length < members * Below)
        {
            (_toPrevious, _fromNext) = (new T[members * Above], new T[members * Above]);
            (_toNext, _fromPrevious) = (new T[members * Below], new T[members * Below]);
        }
    }

    private static Span<byte> Bytes(T[] values, int length) => MemoryMarshal.AsBytes(values.AsSpan(0, length));
}
