namespace Cairn.Engine.Sources.Regridding;

/// <summary>
/// First-order conservative weights (Jones 1999, Mon. Wea. Rev. 127, 2204-2210): each cell of the target takes the mean of the source over
/// it, cells being weighed by the exact area of their overlap on the sphere.
/// </summary>
internal static class OverlapWeights
{
    /// <exception cref="SpecException">A cell of the target reaches outside.</exception>
    internal static (int Index, double Weight)[][] Of(GridAxis from, GridAxis to)
    {
        var reachable = from.Reachable().ToList();
        var weights = new (int, double)[to.Count][];
        foreach (var cell in to.Cells)
        {
            weights[cell.Index] = Overlaps(from, reachable, cell);
        }

        return weights;
    }

    private static (int Index, double Weight)[] Overlaps(GridAxis from, List<GridCell> reachable, GridCell target)
    {
        var west = from.Place(target.From, from.Cells[0].From);
        var east = west + (target.To - target.From);
        if (west < reachable[0].From - from.Tolerance || east > reachable[^1].To + from.Tolerance)
        {
            throw new SpecException(FormattableString.Invariant(
                $"The cell of initial.regrid at {from.Name}s {target.From:0.######} to {target.To:0.######} extends outside the source, ")
                + $"whose cells cover the box of {from.CellBox}. Request a part of it, or use a source that covers more.");
        }

        var parts = new SortedDictionary<int, double>();
        for (var i = First(reachable, west); i < reachable.Count && reachable[i].From < east; i++)
        {
            var (low, high) = (Math.Max(west, reachable[i].From), Math.Min(east, reachable[i].To));
            if (high > low)
            {
                parts[reachable[i].Index] = parts.GetValueOrDefault(reachable[i].Index) + from.Measure(low, high);
            }
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
