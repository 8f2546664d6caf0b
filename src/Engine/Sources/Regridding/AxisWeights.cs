namespace Cairn.Engine.Sources.Regridding;

/// <summary>For each row or column of the target, which of the source it is made of and with what weights. All methods here are products of
/// one such list for latitudes and one for longitudes.</summary>
internal sealed class AxisWeights
{
    private readonly (int Index, double Weight)[][] _parts;

    private AxisWeights((int Index, double Weight)[][] parts) => _parts = parts;

    /// <summary>How many rows or columns the target has.</summary>
    internal int Count => _parts.Length;

    /// <summary>The parts of one, in the source's growing order; the weights add up to one.</summary>
    internal ReadOnlySpan<(int Index, double Weight)> this[int target] => _parts[target];

    internal static AxisWeights Of(GridAxis from, GridAxis to, IReadOnlyList<double> targets, RegridMethod method) => new(method switch
    {
        RegridMethod.Conservative => OverlapWeights.Of(from, to),
        RegridMethod.Nearest => [.. targets.Select(at => PointWeights.Nearest(from, at))],
        _ => [.. targets.Select(at => PointWeights.Linear(from, at))],
    });
}

/// <summary>First-order conservative weights (Jones 1999, Mon. Wea. Rev. 127, 2204-2210): each cell of the target takes the mean of the
/// source over it, cells being weighed by the exact area of their overlap on the sphere.</summary>
internal static class OverlapWeights
{
    internal static (int Index, double Weight)[][] Of(GridAxis from, GridAxis to)
    {
        var reachable = from.Reachable().ToList();
        var weights = new (int, double)[to.Count][];
        foreach (var cell in to.Cells)
            weights[cell.Index] = Overlaps(from, reachable, cell);
        return weights;
    }

    private static (int Index, double Weight)[] Overlaps(GridAxis from, List<GridCell> reachable, GridCell target)
    {
        var west = from.Place(target.From, from.Cells[0].From);
        var east = west + (target.To - target.From);
        if (west < reachable[0].From - from.Tolerance || east > reachable[^1].To + from.Tolerance)
            throw new SpecException(FormattableString.Invariant(
                $"The cell of initial.regrid at {from.Name}s {target.From:0.######} to {target.To:0.######} extends outside the source, ")
                + $"whose cells cover the box of {from.CellBox}. Request a part of it, or use a source that covers more.");
        var parts = new SortedDictionary<int, double>();
        for (var i = First(reachable, west); i < reachable.Count && reachable[i].From < east; i++)
        {
            var (low, high) = (Math.Max(west, reachable[i].From), Math.Min(east, reachable[i].To));
            if (high > low)
                parts[reachable[i].Index] = parts.GetValueOrDefault(reachable[i].Index) + from.Measure(low, high);
        }
        // By their sum, not by the target's own size: a target that sticks out by its slack still gets a mean.
        var sum = parts.Values.Sum();
        return [.. parts.Select(p => (p.Key, p.Value / sum))];
    }

    private static int First(List<GridCell> cells, double west)
    {
        var (low, high) = (0, cells.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = cells[middle].To > west ? (low, middle) : (middle + 1, high);
        }
        return low;
    }
}

/// <summary>Weights of interpolation between the points of an axis.</summary>
internal static class PointWeights
{
    /// <summary>The two neighbours, weighed by their distance; a point of the source stands for itself.</summary>
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
            throw new SpecException(FormattableString.Invariant(
                $"The {axis.Name} {degrees} of initial.regrid lies outside the source, which covers the box of {axis.PointBox}. ")
                + "Request a part of it, or use a source that covers more.");
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
