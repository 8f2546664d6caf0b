namespace Cairn.Engine.Ranks;

/// <summary>Brings the ranks' parts of the output fields together on rank 0: all members and variables in one message a rank. Its buffers
/// are made once.</summary>
public sealed class FieldGather
{
    private readonly ICommunicator _ranks;
    private readonly DomainSlice[] _parts;
    private readonly int[] _byteCounts = [];
    private readonly byte[] _arrived = [];
    private readonly int _planes;
    private readonly long _ownLength;

    /// <summary>Collective: all ranks make theirs at once, and rank 0 learns who has which part.</summary>
    /// <param name="ranks">The gang.</param>
    /// <param name="part">This rank's part of a field <c>[latitude, longitude]</c>; those of all ranks make up the whole.</param>
    /// <param name="members">Members of the batch.</param>
    /// <param name="variables">Output variables.</param>
    /// <exception cref="SpecException">The parts overlap or leave gaps, or are too large for one message.</exception>
    public FieldGather(ICommunicator ranks, DomainSlice part, int members, int variables)
    {
        (_ranks, _planes, _ownLength) = (ranks, checked(members * variables), part.Elements);
        _parts = Survey(ranks, part);
        if (ranks.Rank == 0)
        {
            RequireWhole(_parts);
            _byteCounts = [.. _parts.Select(Bytes)];
            // One rank's part is the whole already, in its place.
            _arrived = ranks.Size == 1 ? [] : new byte[_byteCounts.Sum(count => (long)count)];
        }
    }

    /// <summary>Collective: gathers the fields of one boundary.</summary>
    /// <param name="fields">This rank's <c>[batch, variable, part of latitude, part of longitude]</c>, on any device, of any element
    /// type.</param>
    /// <param name="whole">On rank 0, where <c>[batch, variable, latitude, longitude]</c> goes; elsewhere ignored.</param>
    /// <exception cref="SpecException">The fields or the room have another size than was said at first.</exception>
    public void Gather(Tensor fields, Span<float> whole)
    {
        Require(fields, whole.Length);
        using var floats = fields.to(ScalarType.Float32, CPU);
        if (_ranks.Size == 1)
        {
            floats.CopyTo(MemoryMarshal.AsBytes(whole));
            return;
        }
        using var contiguous = floats.reshape(-1);
        _ranks.Gather(MemoryMarshal.AsBytes(contiguous.Elements<float>()), _arrived, _byteCounts);
        GC.KeepAlive(contiguous);
        if (_ranks.Rank == 0)
            Place(MemoryMarshal.Cast<byte, float>(_arrived), whole);
    }

    private void Require(Tensor fields, int room)
    {
        var expected = _ranks.Rank == 0 ? _planes * _parts[0].GlobalShape[0] * _parts[0].GlobalShape[1] : room;
        if (fields.numel() != _planes * _ownLength || room != expected)
            throw new SpecException($"Rank {_ranks.Rank} was to gather {fields.Layout()} into room for {room} values; "
                + $"expected {_planes * _ownLength} values and room for {expected}.");
    }

    private void Place(ReadOnlySpan<float> arrived, Span<float> whole)
    {
        var (height, width) = ((int)_parts[0].GlobalShape[0], (int)_parts[0].GlobalShape[1]);
        foreach (var part in _parts)
        {
            var (south, west, rows, columns) = ((int)part.Offset[0], (int)part.Offset[1], (int)part.Shape[0], (int)part.Shape[1]);
            for (var plane = 0; plane < _planes; plane++)
            {
                for (var row = 0; row < rows; row += columns == width ? rows : 1)
                {
                    // Whole rows lie together in the field as in the part.
                    var run = columns == width ? rows * columns : columns;
                    arrived[..run].CopyTo(whole[((((plane * height) + south + row) * width) + west)..]);
                    arrived = arrived[run..];
                }
            }
        }
    }

    private static DomainSlice[] Survey(ICommunicator ranks, DomainSlice part)
    {
        long[] own = [.. part.GlobalShape, .. part.Offset, .. part.Shape];
        if (part.GlobalShape.Count != 2)
            throw new SpecException($"Rank {ranks.Rank} has {part} of a field; expected a part of [latitude, longitude].");
        var all = ranks.Rank == 0 ? new long[own.Length * ranks.Size] : [];
        int[] counts = [.. Enumerable.Repeat(own.Length * sizeof(long), ranks.Size)];
        ranks.Gather(MemoryMarshal.AsBytes(own.AsSpan()), MemoryMarshal.AsBytes(all.AsSpan()), counts);
        return [.. all.Chunk(own.Length).Select(p => new DomainSlice(p[0..2], p[2..4], p[4..6]))];
    }

    private static void RequireWhole(DomainSlice[] parts)
    {
        var whole = parts[0].GlobalShape;
        var overlap = parts.Where((part, i) => parts.Skip(i + 1).Any(other => part.Intersect(other) is not null)).Any();
        var same = parts.All(part => part.GlobalShape.SequenceEqual(whole));
        if (overlap || !same || parts.Sum(part => part.Elements) != whole[0] * whole[1])
            throw new SpecException($"The ranks have the parts {string.Join("; ", parts.Select(p => p.ToString()))} of a field; "
                + "expected parts of one field that neither overlap nor leave gaps.");
    }

    private int Bytes(DomainSlice part)
    {
        var bytes = part.Elements * _planes * sizeof(float);
        return bytes * _ranks.Size <= Array.MaxLength
            ? (int)bytes
            : throw new SpecException($"The fields of {_planes} members and variables, {bytes} bytes a rank, are too large to gather at "
                + "once; expected less than 2 GiB in all. Set a smaller ensemble.batch-size.");
    }
}
