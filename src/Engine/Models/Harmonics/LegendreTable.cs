namespace Cairn.Engine.Models.Harmonics;

/// <summary>Associated Legendre functions P(n,m) at given colatitudes, orthonormal over -1 … 1 and without the Condon-Shortley sign, with
/// what winds need: m P / cos φ and dP / dφ, which have limits at the poles. Columns are built from the sectoral function upward, a
/// recurrence that is stable in degree (Holmes and Featherstone 2002, J. Geodesy 76, 279-299, discuss its range).</summary>
internal sealed class LegendreTable
{
    private readonly SpectralShape _shape;
    private readonly double[] _colatitudes;

    internal LegendreTable(SpectralShape shape, double[] colatitudes)
    {
        _shape = shape;
        _colatitudes = colatitudes;
        Values = Build(overCosine: false);
    }

    internal int Points => _colatitudes.Length;

    /// <summary>P(n,m), [m, l, point], to degree T + 1.</summary>
    internal double[] Values { get; }

    /// <summary>m P(n,m) / cos φ and dP(n,m) / dφ, both [m, l, point], to degree T.</summary>
    internal (double[] Eastward, double[] Northward) Slopes()
    {
        var over = Build(overCosine: true);
        var eastward = new double[Values.Length];
        var northward = new double[Values.Length];
        for (var m = 0; m < _shape.Columns; m++)
        {
            for (var l = 0; m + l <= _shape.Truncation; l++)
                FillSlopes(m, l, over, eastward, northward);
        }
        return (eastward, northward);
    }

    private void FillSlopes(int m, int l, double[] over, double[] eastward, double[] northward)
    {
        var n = m + l;
        int here = At(m, l), below = At(m, l - 1), above = At(m, l + 1);
        double down = (n + 1) * Ladder.Epsilon(n, m), up = n * Ladder.Epsilon(n + 1, m), zonal = Math.Sqrt(n * (n + 1.0));
        for (var j = 0; j < Points; j++)
        {
            eastward[here + j] = m * over[here + j];
            northward[here + j] = (m, l) switch
            {
                // dP(n,0)/dφ = sqrt(n(n+1)) P(n,1) needs no division by cos φ.
                (0, 0) => 0,
                (0, _) => zonal * Values[At(1, l - 1) + j],
                (_, 0) => -up * over[above + j],
                _ => down * over[below + j] - up * over[above + j],
            };
        }
    }

    private double[] Build(bool overCosine)
    {
        var table = new double[_shape.Count * Points];
        var norm = Math.Sqrt(0.5);
        for (var m = 0; m < _shape.Columns; m++)
        {
            norm *= m == 0 ? 1 : Math.Sqrt((2 * m + 1.0) / (2 * m));
            var power = overCosine && m > 0 ? m - 1 : m;
            for (var j = 0; j < Points; j++)
                table[At(m, 0) + j] = norm * Math.Pow(Math.Sin(_colatitudes[j]), power);
            for (var l = 1; l < _shape.Rows && m + l <= _shape.Truncation + 1; l++)
                Climb(table, m, l);
        }
        return table;
    }

    private void Climb(double[] table, int m, int l)
    {
        int here = At(m, l), below = At(m, l - 1), twoBelow = l > 1 ? At(m, l - 2) : below;
        double up = Ladder.Epsilon(m + l, m), down = Ladder.Epsilon(m + l - 1, m);
        for (var j = 0; j < Points; j++)
            table[here + j] = (Math.Cos(_colatitudes[j]) * table[below + j] - down * table[twoBelow + j]) / up;
    }

    private int At(int m, int l) => _shape.Index(m, l) * Points;
}

/// <summary>The factor that links Legendre functions of neighbouring degrees: μ P(n,m) = ε(n+1,m) P(n+1,m) + ε(n,m) P(n-1,m), ε(n,m) =
/// sqrt((n² - m²) / (4n² - 1)).</summary>
internal static class Ladder
{
    internal static double Epsilon(int n, int m) => n <= m ? 0 : Math.Sqrt(((double)n * n - (double)m * m) / (4.0 * n * n - 1));
}
