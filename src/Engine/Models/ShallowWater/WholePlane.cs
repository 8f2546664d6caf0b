using System.Buffers;
using System.Numerics;

namespace Cairn.Engine.Models.ShallowWater;

/// <summary>The plane in one piece: its own northernmost row is the halo south of its southernmost, and the other way round.</summary>
internal readonly struct WholePlane<T>(ShallowWaterPlane plane, StepFactors<T> factors) where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Halo = ShallowWaterSlab<T>.HaloFields;

    /// <summary>Elements of one member's state.</summary>
    public int StateSize => ShallowWaterSlab<T>.Levels * plane.Size;

    /// <summary>One member's step, <c>[6, row, column]</c> each; allocates nothing once the pool has its arrays.</summary>
    public void Step(ReadOnlySpan<T> levels, Span<T> next)
    {
        var (width, size) = (plane.Columns, plane.Size);
        var rented = ArrayPool<T>.Shared.Rent((2 * Halo * width) + RowSweep<T>.Scratch(width));
        var south = rented.AsSpan(0, Halo * width);
        var north = rented.AsSpan(Halo * width, Halo * width);
        for (var field = 0; field < Halo; field++)
        {
            levels.Slice((field * size) + size - width, width).CopyTo(south[(field * width)..]);
            levels.Slice(field * size, width).CopyTo(north[(field * width)..]);
        }

        var slab = new ShallowWaterSlab<T>(levels, south, north, width);
        RowSweep<T>.Step(slab, next, factors, rented.AsSpan(2 * Halo * width));
        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>
    /// Makes a state of initial fields <c>[3, row, column]</c>: they are the level now, and one step from it, whose length the factors
    /// say, is the older level.
    /// </summary>
    public void Begin(ReadOnlySpan<T> fields, Span<T> levels)
    {
        var both = new T[2 * fields.Length];
        fields.CopyTo(both);
        fields.CopyTo(both.AsSpan(fields.Length));
        var stepped = new T[both.Length];
        Step(both, stepped);
        fields.CopyTo(levels);
        stepped.AsSpan(0, fields.Length).CopyTo(levels[fields.Length..]);
    }
}
