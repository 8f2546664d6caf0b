namespace Cairn.Storage.Derived;

/// <summary>Statistics over the members at each grid point, in float64 and in the order of the members, so that no bit of them depends on
/// how the ensemble was cut. Pure.</summary>
/// <param name="members">The values of each member, in order of members, all of one length. A value that is not a number makes every
/// statistic at its point one.</param>
internal sealed class MemberStatistics(IReadOnlyList<double[]> members)
{
    private int Points => members[0].Length;

    /// <summary>The mean.</summary>
    internal double[] Mean()
    {
        var sum = new double[Points];
        foreach (var member in members)
        {
            for (var p = 0; p < sum.Length; p++)
                sum[p] += member[p];
        }

        return Divided(sum);
    }

    /// <summary>The spread: the root of the mean squared deviation from the mean (what xarray and numpy call std).</summary>
    internal double[] StandardDeviation(double[] mean)
    {
        var sum = new double[Points];
        foreach (var member in members)
        {
            for (var p = 0; p < sum.Length; p++)
            {
                var deviation = member[p] - mean[p];
                sum[p] += deviation * deviation;
            }
        }

        return Array.ConvertAll(Divided(sum), Math.Sqrt);
    }

    /// <summary>Quantiles by linear interpolation between the ordered members (Hyndman and Fan 1996, Am. Stat. 50, 361-365, definition 7,
    /// the default of numpy and xarray), one array each.</summary>
    internal double[][] Quantiles(IReadOnlyList<double> probabilities)
    {
        var quantiles = probabilities.Select(_ => new double[Points]).ToArray();
        var ordered = new double[members.Count];
        for (var p = 0; p < Points; p++)
        {
            for (var m = 0; m < ordered.Length; m++)
                ordered[m] = members[m][p];

            // NaNs come first.
            Array.Sort(ordered);
            for (var q = 0; q < quantiles.Length; q++)
                quantiles[q][p] = double.IsNaN(ordered[0]) ? double.NaN : Between(ordered, probabilities[q] * (ordered.Length - 1));
        }

        return quantiles;
    }

    /// <summary>Interpolates from the nearer end, so that both ends come out exactly.</summary>
    private static double Between(double[] ordered, double place)
    {
        var below = Math.Min((int)place, ordered.Length - 1);
        var above = Math.Min(below + 1, ordered.Length - 1);
        var (part, step) = (place - below, ordered[above] - ordered[below]);
        return part < 0.5 ? ordered[below] + (step * part) : ordered[above] - (step * (1 - part));
    }

    private double[] Divided(double[] sum) => Array.ConvertAll(sum, s => s / members.Count);
}
