namespace Cairn.Engine.Sources.Regridding;

/// <summary>
/// Latitudes in either order. Rows whose outermost lies less than a spacing from a pole cover it: the last row's values hold from there
/// to the pole.
/// </summary>
internal sealed class LatitudeAxis : GridAxis
{
    internal override string Name => "latitude";

    /// <exception cref="SpecException">They are no latitudes of a regular grid.</exception>
    internal static LatitudeAxis Of(IReadOnlyList<double> degrees)
    {
        var rows = degrees.Select((at, i) => new GridPoint(at, i)).ToList();
        if (rows.Count > 1 && rows[0].At > rows[^1].At)
        {
            rows.Reverse();
        }

        // Written so that a latitude that is no number does not pass.
        var growing = rows.Zip(rows.Skip(1)).All(p => p.First.At < p.Second.At);
        if (rows.Count < 2 || !growing || !rows.TrueForAll(r => Math.Abs(r.At) <= 90 + Same))
        {
            throw new SpecException($"The {degrees.Count} latitudes of the grid cannot be regridded; expected at least two, "
                + "from -90 to 90, that grow or fall throughout.");
        }

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
        {
            closed.Insert(0, new GridPoint(-90, rows[0].Index));
        }

        if (north >= 90 && rows[^1].At < 90)
        {
            closed.Add(new GridPoint(90, rows[^1].Index));
        }

        return closed;
    }
}
