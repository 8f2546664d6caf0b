namespace Cairn.Storage.State;

/// <summary>A box of a global array's index space: the part that one rank holds of a field. Extents may be zero.</summary>
public sealed class DomainSlice
{
    /// <param name="globalShape">The extent of each dimension of the whole field, in elements.</param>
    /// <param name="offset">The first index of the part along each dimension.</param>
    /// <param name="shape">The extent of the part along each dimension.</param>
    /// <exception cref="DataException">The lists differ in length, or the part does not lie in the whole.</exception>
    public DomainSlice(IReadOnlyList<long> globalShape, IReadOnlyList<long> offset, IReadOnlyList<long> shape)
    {
        (GlobalShape, Offset, Shape) = ([.. globalShape], [.. offset], [.. shape]);
        var lies = globalShape.Count == offset.Count && offset.Count == shape.Count && ArrayShape.Elements(globalShape) is not null
            && Enumerable.Range(0, shape.Count).All(a => offset[a] >= 0 && shape[a] >= 0 && offset[a] <= globalShape[a] - shape[a]);
        if (!lies)
            throw new DataException(
                $"The slice {this} is invalid: expected an offset and an extent in each dimension that stay within the global shape.");
    }

    public IReadOnlyList<long> GlobalShape { get; }
    public IReadOnlyList<long> Offset { get; }
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The number of elements in the part.</summary>
    public long Elements => ArrayShape.Elements(Shape)!.Value;

    /// <summary>The whole field as one part.</summary>
    public static DomainSlice Whole(IReadOnlyList<long> shape) => new DomainSlice(shape, new long[shape.Count], shape);

    /// <summary>Part <paramref name="index"/> of <paramref name="count"/> nearly equal parts along <paramref name="axis"/>: what does not
    /// divide goes to the first ones.</summary>
    public static DomainSlice Part(IReadOnlyList<long> globalShape, int axis, int index, int count)
    {
        var (each, rest) = (globalShape[axis] / count, globalShape[axis] % count);
        var (offset, shape) = (new long[globalShape.Count], globalShape.ToArray());
        offset[axis] = (each * index) + Math.Min(index, rest);
        shape[axis] = each + (index < rest ? 1 : 0);
        return new DomainSlice(globalShape, offset, shape);
    }

    /// <summary>What both parts of one field hold; null when that is nothing.</summary>
    public DomainSlice? Intersect(DomainSlice other)
    {
        var (offset, shape) = (new long[Offset.Count], new long[Offset.Count]);
        for (var axis = 0; axis < offset.Length; axis++)
        {
            offset[axis] = Math.Max(Offset[axis], other.Offset[axis]);
            shape[axis] = Math.Min(Offset[axis] + Shape[axis], other.Offset[axis] + other.Shape[axis]) - offset[axis];
            if (shape[axis] <= 0)
                return null;
        }

        return new DomainSlice(GlobalShape, offset, shape);
    }

    /// <summary>Whether both are the same box of equally large fields.</summary>
    public bool IsSame(DomainSlice other) =>
        GlobalShape.SequenceEqual(other.GlobalShape) && Offset.SequenceEqual(other.Offset) && Shape.SequenceEqual(other.Shape);

    /// <summary><c>(2, 3) at (0, 6) of (4, 12)</c></summary>
    public override string ToString() => $"{ArrayShape.Text(Shape)} at {ArrayShape.Text(Offset)} of {ArrayShape.Text(GlobalShape)}";
}
