namespace Cairn.Engine.Pictures;

/// <summary>
/// Mean and spread over members at every point, from one pass over the members (B. P. Welford, Note on a method for calculating corrected
/// sums of squares and products, Technometrics 4, 1962). A point that is missing in one member is missing in both.
/// </summary>
internal sealed class EnsembleMoments(int points)
{
    private readonly double[] _mean = new double[points];
    private readonly double[] _squares = new double[points];

    /// <summary>How many members were added.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<double> Mean => _mean;

    public void Add(ReadOnlySpan<double> member)
    {
        Count++;
        for (var i = 0; i < _mean.Length; i++)
        {
            var difference = member[i] - _mean[i];
            _mean[i] += difference / Count;
            _squares[i] += difference * (member[i] - _mean[i]);
        }
    }

    /// <summary>The standard deviation with divisor <see cref="Count"/> - 1.</summary>
    public double[] Spread() => Array.ConvertAll(_squares, s => Math.Sqrt(s / (Count - 1)));
}
