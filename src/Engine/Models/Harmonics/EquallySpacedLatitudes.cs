namespace Cairn.Engine.Models.Harmonics;

/// <summary>Rows equally spaced from pole to pole, in either order. A wind component of odd zonal wavenumber is a cosine series in
/// colatitude, of even wavenumber a sine series; the series through the rows is integrated exactly, on Gaussian points (what SPHEREPACK
/// does, Adams and Swarztrauber 1999, Mon. Wea. Rev. 127, 1872-1878). Clenshaw-Curtis weights on the rows would be exact to half this
/// truncation only.</summary>
internal sealed class EquallySpacedLatitudes : LatitudeRule
{
    /// <summary>Part of the spacing by which a latitude may miss its place.</summary>
    private const double Tolerance = 1e-3;

    private readonly int _intervals;
    private readonly bool _northFirst;

    private EquallySpacedLatitudes(int count, bool northFirst)
    {
        _intervals = count - 1;
        _northFirst = northFirst;
        Colatitudes = [.. Enumerable.Range(0, count).Select(i => Math.PI * (northFirst ? i : _intervals - i) / _intervals)];
    }

    internal override double[] Colatitudes { get; }
    internal override int LargestTruncation => _intervals - 1;
    internal override string Name => "equally spaced latitudes with both poles";

    internal static LatitudeRule? TryCreate(IReadOnlyList<double> latitudes)
    {
        if (latitudes.Count < 3)
            return null;
        var northFirst = latitudes[0] > latitudes[^1];
        var spacing = 180.0 / (latitudes.Count - 1);
        for (var i = 0; i < latitudes.Count; i++)
        {
            var expected = northFirst ? 90 - i * spacing : i * spacing - 90;
            // Written so that a latitude that is no number does not pass.
            if (!(Math.Abs(latitudes[i] - expected) <= Tolerance * spacing))
                return null;
        }
        return new EquallySpacedLatitudes(latitudes.Count, northFirst);
    }

    internal override LatitudeQuadrature Quadrature(int truncation)
    {
        var rule = new GaussianQuadrature((_intervals + truncation) / 2 + 2);
        double[] points = [.. rule.Nodes.Select(Math.Acos)];
        return new LatitudeQuadrature(points, rule.Weights)
        {
            OddInterpolation = Interpolation(points, Math.Cos, 0, _intervals),
            EvenInterpolation = Interpolation(points, Math.Sin, 1, _intervals - 1),
        };
    }

    /// <summary>[point, row]: the trigonometric series through the rows, at each point, by the discrete cosine or sine transform.</summary>
    private double[] Interpolation(double[] points, Func<double, double> wave, int first, int last)
    {
        var rows = _intervals + 1;
        var table = new double[points.Length * rows];
        var atRow = new double[rows];
        for (var k = first; k <= last; k++)
        {
            for (var j = 0; j < rows; j++)
            {
                // Whole turns are taken off first: the argument stays exact for large k · j.
                var place = _northFirst ? j : _intervals - j;
                var angle = Math.PI * ((long)k * place % (2 * _intervals)) / _intervals;
                atRow[j] = wave(angle) * 2 / _intervals * End(j) * End(k);
            }
            for (var g = 0; g < points.Length; g++)
            {
                var factor = wave(k * points[g]);
                for (var j = 0; j < rows; j++)
                    table[g * rows + j] += factor * atRow[j];
            }
        }
        return table;
    }

    private double End(int index) => index == 0 || index == _intervals ? 0.5 : 1;
}
