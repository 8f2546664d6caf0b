namespace Cairn.Engine.Sources.Regridding;

/// <summary>Weights of interpolation between the points of an axis.</summary>
internal static class PointWeights
{
    /// <summary>The two neighbours, weighed by their distance; a point of the source stands for itself.</summary>
    /// <exception cref="SpecException">The place lies outside.</exception>
    internal static (int Index, double Weight)[] Linear(GridAxis axis, double degrees)
    {
        var (low, high, part) = Between(axis, degrees);
        return part switch
        {
            _ when low.Index == high.Index => [(low.Index, 1)],
            0 => [(low.Index, 1)],
            1 => [(high.Index, 1)],
            _ => [(low.Index, 1 - part), (high.Index, part)],
        };
    }

    /// <summary>The nearest point along the axis; of two as near the southern or western one.</summary>
    /// <exception cref="SpecException">The place lies outside.</exception>
    internal static (int Index, double Weight)[] Nearest(GridAxis axis, double degrees)
    {
        var (low, high, part) = Between(axis, degrees);
        return [(part > 0.5 ? high.Index : low.Index, 1)];
    }

    private static (GridPoint Low, GridPoint High, double Part) Between(GridAxis axis, double degrees)
    {
        var points = axis.Points;
        var at = axis.Place(degrees, points[0].At);
        // Written so that a place that is no number does not pass.
        if (!(at >= points[0].At - axis.Tolerance && at <= points[^1].At + axis.Tolerance))
        {
            throw new SpecException(FormattableString.Invariant(
                $"The {axis.Name} {degrees} of initial.regrid lies outside the source, which covers the box of {axis.PointBox}. ")
                + "Request a part of it, or use a source that covers more.");
        }

        var above = Math.Clamp(FirstAbove(points, at), 1, points.Count - 1);
        var (low, high) = (points[above - 1], points[above]);
        var part = Math.Clamp((at - low.At) / (high.At - low.At), 0, 1);
        part = Math.Abs(at - low.At) <= GridAxis.Same ? 0 : Math.Abs(high.At - at) <= GridAxis.Same ? 1 : part;
        return (low, high, part);
    }

    private static int FirstAbove(IReadOnlyList<GridPoint> points, double at)
    {
        var (low, high) = (0, points.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = points[middle].At > at ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
