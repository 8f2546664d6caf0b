namespace Cairn.Engine.Sources.Regridding;

/// <summary>Latitudes or longitudes of a grid, understood: in growing order, with what lies between and around them.</summary>
internal abstract class GridAxis
{
    /// <summary>Degrees within which a coordinate counts as the same: far above rounding, far below any spacing.</summary>
    internal const double Same = 1e-9;

    /// <summary>Part of a spacing by which a target may lie outside, since coordinates kept in float32 are not what a person
    /// types.</summary>
    protected const double Slack = 1e-4;

    /// <summary>What the axis is called in messages.</summary>
    internal abstract string Name { get; }

    /// <summary>How many rows or columns the grid has.</summary>
    internal required int Count { get; init; }

    /// <summary>The points to interpolate between, growing; where the axis goes round, or to a pole, with the repetitions that close
    /// it.</summary>
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

    /// <summary>The box that the points cover, as messages write it.</summary>
    internal string PointBox => Box(Points[0].At, Points[^1].At);

    /// <summary>The box that the cells cover, as messages write it.</summary>
    internal string CellBox => Box(Cells[0].From, Cells[^1].To);

    protected static double Middle(double a, double b) => a + ((b - a) / 2);
    private string Box(double from, double to) => FormattableString.Invariant($"{Name}s {from:0.######} to {to:0.######}");
}

/// <summary>What one row or column of a grid stands for.</summary>
/// <param name="From">Its southern or western edge, degrees.</param>
/// <param name="To">Its northern or eastern edge, degrees.</param>
/// <param name="Index">Its place in the grid's own order.</param>
internal readonly record struct GridCell(double From, double To, int Index);

/// <summary>A row or column as a point.</summary>
/// <param name="At">Degrees.</param>
/// <param name="Index">Its place in the grid's own order.</param>
internal readonly record struct GridPoint(double At, int Index);

/// <summary>Latitudes in either order. Rows whose outermost lies less than a spacing from a pole cover it: the last row's values hold from
/// there to the pole.</summary>
internal sealed class LatitudeAxis : GridAxis
{
    internal override string Name => "latitude";

    internal static LatitudeAxis Of(IReadOnlyList<double> degrees)
    {
        var rows = degrees.Select((at, i) => new GridPoint(at, i)).ToList();
        if (rows.Count > 1 && rows[0].At > rows[^1].At)
            rows.Reverse();
        // Written so that a latitude that is no number does not pass.
        var growing = rows.Zip(rows.Skip(1)).All(p => p.First.At < p.Second.At);
        if (rows.Count < 2 || !growing || !rows.TrueForAll(r => Math.Abs(r.At) <= 90 + Same))
            throw new SpecException($"The {degrees.Count} latitudes of the grid cannot be regridded; expected at least two, "
                + "from -90 to 90, that grow or fall throughout.");
        var south = Outer(rows[0].At, rows[1].At, -90);
        var north = Outer(rows[^1].At, rows[^2].At, 90);
        double[] edges = [south, .. rows.Zip(rows.Skip(1), (a, b) => Middle(a.At, b.At)), north];
        return new LatitudeAxis
        {
            Count = rows.Count,
            Cells = [.. rows.Select((r, i) => new GridCell(edges[i], edges[i + 1], r.Index))],
            Points = Closed(rows, south, north),
        };
    }

    /// <summary>2 cos((a + b) / 2) sin((b - a) / 2): the difference of the sines, without cancellation near the poles.</summary>
    internal override double Measure(double from, double to) =>
        2 * Math.Cos(double.DegreesToRadians(from + to) / 2) * Math.Sin(double.DegreesToRadians(to - from) / 2);

    internal override double Place(double degrees, double start) => degrees;
    internal override IEnumerable<GridCell> Reachable() => Cells;

    private static double Outer(double last, double inner, double pole)
    {
        var spacing = Math.Abs(last - inner);
        var covers = Math.Abs(pole - last) < spacing * (1 - Slack);
        return covers ? pole : last + ((last - inner) / 2);
    }

    private static List<GridPoint> Closed(List<GridPoint> rows, double south, double north)
    {
        List<GridPoint> closed = [.. rows];
        if (south <= -90 && rows[0].At > -90)
            closed.Insert(0, new GridPoint(-90, rows[0].Index));
        if (north >= 90 && rows[^1].At < 90)
            closed.Add(new GridPoint(90, rows[^1].Index));
        return closed;
    }
}

/// <summary>Longitudes eastward from anywhere, also across the seam. They go round where the gap from the last to the first is no wider
/// than the others.</summary>
internal sealed class LongitudeAxis : GridAxis
{
    internal override string Name => "longitude";

    /// <summary>Whether they go once around the globe.</summary>
    internal required bool IsPeriodic { get; init; }

    internal static LongitudeAxis Of(IReadOnlyList<double> degrees)
    {
        var east = Unwrapped(degrees);
        // Written so that a longitude that is no number does not pass.
        if (east.Count < 2 || !(east[^1] - east[0] < 360 - Same) || !east.Zip(east.Skip(1)).All(p => p.First < p.Second))
            throw new SpecException($"The {degrees.Count} longitudes of the grid cannot be regridded; expected at least two, "
                + "eastward, that go around the globe at most once, without a repeated end.");
        var widest = east.Zip(east.Skip(1), (a, b) => b - a).Max();
        var gap = 360 - (east[^1] - east[0]);
        var periodic = gap <= widest * (1 + 1e-3);
        var west = east[0] - ((periodic ? gap : east[1] - east[0]) / 2);
        var end = periodic ? west + 360 : east[^1] + ((east[^1] - east[^2]) / 2);
        double[] edges = [west, .. east.Zip(east.Skip(1), Middle), end];
        var points = east.Select((at, i) => new GridPoint(at, i)).ToList();
        if (periodic)
            points.Add(new GridPoint(east[0] + 360, 0));
        return new LongitudeAxis
        {
            Count = east.Count,
            IsPeriodic = periodic,
            Points = points,
            Cells = [.. east.Select((_, i) => new GridCell(edges[i], edges[i + 1], i))],
        };
    }

    internal override double Measure(double from, double to) => to - from;

    /// <summary>A place that rounding puts a hair west of the start is the start, not a turn further east; where the axis does not go
    /// round, all of its slack counts as such a hair.</summary>
    internal override double Place(double degrees, double start)
    {
        var east = Modulo(degrees - start);
        return start + (360 - east <= (IsPeriodic ? Same : Tolerance) ? 0 : east);
    }

    internal override IEnumerable<GridCell> Reachable() => IsPeriodic
        ? Cells.Concat(Cells.Select(c => new GridCell(c.From + 360, c.To + 360, c.Index)))
        : Cells;

    private static List<double> Unwrapped(IReadOnlyList<double> degrees)
    {
        var east = new List<double>();
        foreach (var longitude in degrees)
        {
            var turns = east.Count > 0 && longitude < east[^1] ? Math.Ceiling((east[^1] - longitude) / 360) : 0;
            east.Add(longitude + (360 * turns));
        }
        return east;
    }

    private static double Modulo(double degrees)
    {
        var rest = degrees % 360;
        return rest < 0 ? rest + 360 : rest;
    }
}
