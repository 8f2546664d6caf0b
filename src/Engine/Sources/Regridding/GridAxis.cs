namespace Cairn.Engine.Sources.Regridding;

/// <summary>Latitudes or longitudes of a grid, understood: in growing order, with what lies between and around them.</summary>
internal abstract class GridAxis
{
    /// <summary>Degrees within which a coordinate counts as the same: far above rounding, far below any spacing.</summary>
    internal const double Same = 1e-9;

    /// <summary>
    /// Part of a spacing by which a target may lie outside, since coordinates kept in float32 are not what a person types.
    /// </summary>
    protected const double Slack = 1e-4;

    /// <summary>What the axis is called in messages.</summary>
    internal abstract string Name { get; }

    /// <summary>How many rows or columns the grid has.</summary>
    internal required int Count { get; init; }

    /// <summary>
    /// The points to interpolate between, growing; where the axis goes round, or to a pole, with the repetitions that close it.
    /// </summary>
    internal required IReadOnlyList<GridPoint> Points { get; init; }

    /// <summary>The cells in growing order, side by side, each once.</summary>
    internal required IReadOnlyList<GridCell> Cells { get; init; }

    /// <summary>The size of a piece of the axis, by which cells are weighed.</summary>
    internal abstract double Measure(double from, double to);

    /// <summary>The same place as this axis counts it: at or after <paramref name="start"/>, where it is periodic.</summary>
    internal abstract double Place(double degrees, double start);

    /// <summary>The cells once, or as often as a target cell may reach them.</summary>
    internal abstract IEnumerable<GridCell> Reachable();

    /// <summary>Degrees by which a target may lie outside.</summary>
    internal double Tolerance => Slack * (Cells[^1].To - Cells[0].From) / Cells.Count;

    /// <summary>The box that the points cover, as messages tell it.</summary>
    internal string PointBox => Box(Points[0].At, Points[^1].At);

    /// <summary>The box that the cells cover, as messages tell it.</summary>
    internal string CellBox => Box(Cells[0].From, Cells[^1].To);

    protected static double Middle(double a, double b) => a + ((b - a) / 2);

    private string Box(double from, double to) => FormattableString.Invariant($"{Name}s {from:0.######} to {to:0.######}");
}
