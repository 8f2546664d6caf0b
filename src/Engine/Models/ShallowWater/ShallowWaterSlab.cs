namespace Cairn.Engine.Models.ShallowWater;

/// <summary>
/// Some consecutive rows of the plane, whole rows from west to east, with what a step needs from the rows on either side: the unit in which
/// the plane can be cut. The step of a row gives the same bits whichever slab it lies in.
/// </summary>
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

    /// <exception cref="SpecException">The parts do not fit each other.</exception>
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
