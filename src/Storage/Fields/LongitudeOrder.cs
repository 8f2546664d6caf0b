namespace Cairn.Storage.Fields;

/// <summary>Longitudes as xarray, and the CF conventions, expect those of an axis: each further east than the one before, or each further
/// west.</summary>
public static class LongitudeOrder
{
    /// <summary>Degrees that rounding may put between a meridian and itself a turn later.</summary>
    private const double Same = 1e-6;

    /// <summary>The same meridians in the same order, counted so that they never fall back at the seam: as they are if they go one way,
    /// else from a first one between -180 and 180 on. 315, 337.5, 0, 22.5 becomes -45, -22.5, 0, 22.5. Null where they go neither eastward
    /// nor westward, or further than once around.</summary>
    public static IReadOnlyList<double>? Monotonic(IReadOnlyList<double> degrees)
    {
        if (!degrees.All(double.IsFinite))
            return null;

        // A fall of more than half a turn is the seam, also where it makes a falling axis of two.
        var seam = Pairs(degrees).Any(p => p.First - p.Second > 180);
        return !seam && GoesOneWay(degrees) ? degrees : Counted(degrees, 1) ?? Counted(degrees, -1);
    }

    private static bool GoesOneWay(IReadOnlyList<double> degrees) =>
        Math.Abs(degrees.Count > 0 ? degrees[^1] - degrees[0] : 0) <= 360 + Same
        && (Pairs(degrees).All(p => p.First < p.Second) || Pairs(degrees).All(p => p.First > p.Second));

    private static double[]? Counted(IReadOnlyList<double> degrees, int direction)
    {
        var turns = -Math.Floor((degrees[0] + 180) / 360);
        var counted = new double[degrees.Count];
        counted[0] = degrees[0] + (360 * turns);
        for (var i = 1; i < counted.Length; i++)
        {
            turns += direction * Math.Ceiling(direction * (counted[i - 1] - (degrees[i] + (360 * turns))) / 360);
            counted[i] = degrees[i] + (360 * turns);
        }

        return GoesOneWay(counted) ? counted : null;
    }

    private static IEnumerable<(double First, double Second)> Pairs(IReadOnlyList<double> degrees) => degrees.Zip(degrees.Skip(1));
}
