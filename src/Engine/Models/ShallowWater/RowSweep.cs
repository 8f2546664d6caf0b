namespace Cairn.Engine.Models.ShallowWater;

/// <summary>One step of a slab, row by row from south to north: what is worked out of a row is kept for the next one only, so that it never
/// leaves the cache. Allocates nothing.</summary>
internal static unsafe class RowSweep<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows of diagnostics that live at a time: two each of both fluxes, potential vorticity and head.</summary>
    private const int Kept = 8;

    /// <summary>Elements before a row, for the one beyond its western end, and after it; a vector's worth keeps rows aligned.</summary>
    private const int Margin = 8;

    /// <summary>Elements that a sweep needs for itself.</summary>
    public static int Scratch(int columns) => Kept * Stride(columns);

    /// <summary>Steps a slab into <paramref name="next"/>, laid out as its levels: the new level, then the filtered one.</summary>
    public static void Step(in ShallowWaterSlab<T> slab, Span<T> next, in StepFactors<T> by, Span<T> scratch)
    {
        slab.Check(next.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(scratch.Length, Scratch(slab.Columns));
        fixed (T* levels = slab.Levels6, south = slab.South, north = slab.North, to = next, kept = scratch)
        {
            Sweep(new Rows(levels, south, north, slab.Rows, slab.Columns), to, by, kept);
        }
    }

    private static void Sweep(in Rows rows, T* next, in StepFactors<T> by, T* kept)
    {
        var (n, stride) = (rows.Columns, Stride(rows.Columns));
        T* cu = kept + Margin, cuSouth = cu + stride, cv = cuSouth + stride, cvNorth = cv + stride;
        T* z = cvNorth + stride, zNorth = z + stride, h = zNorth + stride, hSouth = h + stride;
        DiagnosticRows<T>.EastwardFlux(rows.P(-1), rows.U(-1), cuSouth, n);
        DiagnosticRows<T>.Head(rows.P(-1), rows.U(-1), rows.V(-1), rows.V(0), hSouth, n);
        DiagnosticRows<T>.NorthwardFlux(rows.P(0), rows.P(-1), rows.V(0), cv, n);
        DiagnosticRows<T>.PotentialVorticity(rows.Corner(0), z, n, by);
        for (var j = 0; j < rows.Count; j++)
        {
            DiagnosticRows<T>.NorthwardFlux(rows.P(j + 1), rows.P(j), rows.V(j + 1), cvNorth, n);
            DiagnosticRows<T>.PotentialVorticity(rows.Corner(j + 1), zNorth, n, by);
            DiagnosticRows<T>.EastwardFlux(rows.P(j), rows.U(j), cu, n);
            DiagnosticRows<T>.Head(rows.P(j), rows.U(j), rows.V(j), rows.V(j + 1), h, n);
            var flow = new PrognosticRows<T>.Flow(cu, cuSouth, cv, cvNorth, z, zNorth, h, hSouth);
            PrognosticRows<T>.Eastward(flow, rows.Level(0, j, next), n, by);
            PrognosticRows<T>.Northward(flow, rows.Level(1, j, next), n, by);
            PrognosticRows<T>.Geopotential(flow, rows.Level(2, j, next), n, by);
            Swap(ref cu, ref cuSouth);
            Swap(ref cv, ref cvNorth);
            Swap(ref z, ref zNorth);
            Swap(ref h, ref hSouth);
        }
    }

    private static void Swap(ref T* a, ref T* b)
    {
        var kept = a;
        a = b;
        b = kept;
    }

    // Rows of a power of two would lie on each other in the cache; an odd number of vectors between them does not.
    private static int Stride(int columns) => ((((columns + Margin - 1) / Margin) | 1) + 2) * Margin;

    /// <summary>The rows of a slab by their number, with -1 and the count for the halos.</summary>
    private readonly ref struct Rows(T* levels, T* south, T* north, int count, int columns)
    {
        private readonly T* _levels = levels, _south = south, _north = north;

        public int Count => count;
        public int Columns => columns;
        public T* U(int row) => Now(0, row);
        public T* V(int row) => Now(1, row);
        public T* P(int row) => Now(2, row);
        public DiagnosticRows<T>.Corner Corner(int row) => new(U(row), U(row - 1), V(row), P(row), P(row - 1));

        public PrognosticRows<T>.Level Level(int field, int row, T* next) =>
            new(Now(field, row), Own(_levels, field + 3, row), Own(next, field, row), Own(next, field + 3, row));

        private T* Now(int field, int row) =>
            row < 0 ? _south + (field * columns) : row == count ? _north + (field * columns) : Own(_levels, field, row);

        private T* Own(T* start, int field, int row) => start + ((((long)field * count) + row) * columns);
    }
}

/// <summary>Some consecutive rows of the plane, whole rows from west to east, with what a step needs from the rows on either side: the unit
/// in which the plane can be cut. The step of a row gives the same bits whichever slab it lies in.</summary>
/// <param name="levels"><c>[6, row, column]</c>: u, v, p now, then u, v, p of the older level.</param>
/// <param name="south"><c>[3, column]</c>: u, v, p now, of the row south of the first.</param>
/// <param name="north">The same of the row north of the last.</param>
/// <param name="columns">Length of a row.</param>
public readonly ref struct ShallowWaterSlab<T>(ReadOnlySpan<T> levels, ReadOnlySpan<T> south, ReadOnlySpan<T> north, int columns)
{
    /// <summary>Fields of a state: u, v, p now, and u, v, p of the older level.</summary>
    public const int Levels = 6;

    /// <summary>Fields that a neighbour needs of a row: u, v, p now.</summary>
    public const int HaloFields = 3;

    public ReadOnlySpan<T> Levels6 { get; } = levels;
    public ReadOnlySpan<T> South { get; } = south;
    public ReadOnlySpan<T> North { get; } = north;
    public int Columns { get; } = columns;
    public int Rows => Levels6.Length / (Levels * Columns);

    internal void Check(int next)
    {
        if (Columns < 4 || Rows < 1 || Levels6.Length != Levels * Rows * Columns || next != Levels6.Length
            || South.Length != HaloFields * Columns || North.Length != South.Length)
        {
            throw new SpecException($"A slab of {Levels6.Length} elements in rows of {Columns} came with halos of {South.Length} and "
                + $"{North.Length} and room for {next}; expected rows of at least 4, {Levels} fields of them, "
                + $"halos of {HaloFields} rows and room for as much as was given.");
        }
    }
}
