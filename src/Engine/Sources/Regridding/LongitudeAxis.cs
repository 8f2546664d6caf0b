namespace Cairn.Engine.Sources.Regridding;

/// <summary>
/// Longitudes eastward from anywhere, also across the seam. They go round where the gap from the last to the first is no wider than the
/// others.
/// </summary>
internal sealed class LongitudeAxis : GridAxis
{
    internal override string Name => "longitude";

    /// <summary>Whether they go once around the globe.</summary>
    internal required bool IsPeriodic { get; init; }

    /// <exception cref="SpecException">They are no longitudes of a regular grid.</exception>
    internal static LongitudeAxis Of(IReadOnlyList<double> degrees)
    {
        var east = Unwrapped(degrees);
        // Written so that a longitude that is no number does not pass.
        if (east.Count < 2 || !(east[^1] - east[0] < 360 - Same) || !east.Zip(east.Skip(1)).All(p => p.First < p.Second))
        {
            throw new SpecException($"The {degrees.Count} longitudes of the grid cannot be regridded; expected at least two, "
                + "eastward, that go around the globe at most once, without a repeated end.");
        }

        var widest = east.Zip(east.Skip(1), (a, b) => b - a).Max();
        var gap = 360 - (east[^1] - east[0]);
        var periodic = gap <= widest * (1 + 1e-3);
        var west = east[0] - ((periodic ? gap : east[1] - east[0]) / 2);
        var end = periodic ? west + 360 : east[^1] + ((east[^1] - east[^2]) / 2);
        double[] edges = [west, .. east.Zip(east.Skip(1), Middle), end];
        var points = east.Select((at, i) => new GridPoint(at, i)).ToList();
        if (periodic)
        {
            points.Add(new GridPoint(east[0] + 360, 0));
        }

        return new LongitudeAxis
        {
            Count = east.Count,
            IsPeriodic = periodic,
            Points = points,
            Cells = [.. east.Select((_, i) => new GridCell(edges[i], edges[i + 1], i))],
        };
    }

    internal override double Measure(double from, double to) => to - from;

    /// <summary>
    /// A place that rounding puts a hair west of the start is the start, not a turn further east; where the axis does not go round, all of
    /// its slack counts as such a hair.
    /// </summary>
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
