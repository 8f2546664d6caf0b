namespace Cairn.Engine.Perturbations;

/// <summary>Means over a grid that weigh every point by the cosine of its latitude.</summary>
internal sealed class AreaMean(LatLonGrid grid)
{
    private readonly double[] _weights = RowWeights(grid);

    /// <summary>What a point of each row weighs: the cosine of its latitude.</summary>
    public static double[] RowWeights(LatLonGrid grid) =>
        [.. grid.Latitudes.Select(degrees => Math.Max(0, Math.Cos(Math.PI / 180 * degrees)))];

    /// <summary>Number of points.</summary>
    public int Size { get; } = grid.Latitudes.Count * grid.Longitudes.Count;

    /// <summary>Root of the mean square of a field <c>[latitude, longitude]</c> over the rows that are asked for.</summary>
    public double Rms(ReadOnlySpan<double> field, Func<double, bool> rows) => Math.Sqrt(Mean(field, rows, value => value * value));

    public double MeanSquare(ReadOnlySpan<double> field) => Mean(field, _ => true, value => value * value);

    public double Variance(ReadOnlySpan<double> field)
    {
        var mean = Mean(field, _ => true, value => value);
        return Mean(field, _ => true, value => (value - mean) * (value - mean));
    }

    private double Mean(ReadOnlySpan<double> field, Func<double, bool> rows, Func<double, double> of)
    {
        var (sum, weights) = (0d, 0d);
        var length = grid.Longitudes.Count;
        for (var row = 0; row < _weights.Length; row++)
        {
            if (!rows(grid.Latitudes[row]))
                continue;
            foreach (var value in field.Slice(row * length, length))
                sum += _weights[row] * of(value);
            weights += _weights[row] * length;
        }
        return weights > 0 ? sum / weights : 0;
    }
}
