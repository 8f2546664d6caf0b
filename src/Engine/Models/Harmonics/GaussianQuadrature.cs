namespace Cairn.Engine.Models.Harmonics;

/// <summary>Gauss-Legendre quadrature over -1 … 1: exact for polynomials of degree 2·count - 1.</summary>
internal sealed class GaussianQuadrature
{
    /// <summary>Newton's method from Tricomi's estimate converges in three or four rounds; ten is a bound, not an expectation.</summary>
    private const int Rounds = 10;

    internal GaussianQuadrature(int count)
    {
        Nodes = new double[count];
        Weights = new double[count];
        for (var i = 0; i <= (count - 1) / 2; i++)
        {
            var x = i * 2 + 1 == count ? 0 : Root(count, i);
            var slope = Polynomial(count, x).Slope;
            Nodes[i] = x;
            Nodes[count - 1 - i] = -x;
            Weights[i] = Weights[count - 1 - i] = 2 / ((1 - x * x) * slope * slope);
        }
    }

    /// <summary>From the largest (north) to the smallest.</summary>
    internal double[] Nodes { get; }

    internal double[] Weights { get; }

    private static double Root(int count, int i)
    {
        var n = (double)count;
        var x = (1 - (n - 1) / (8 * n * n * n)) * Math.Cos(Math.PI * (4 * i + 3) / (4 * n + 2));
        for (var round = 0; round < Rounds; round++)
        {
            var (value, slope) = Polynomial(count, x);
            var change = value / slope;
            x -= change;
            if (Math.Abs(change) < 1e-16)
            {
                break;
            }
        }
        return x;
    }

    private static (double Value, double Slope) Polynomial(int count, double x)
    {
        double previous = 1, value = x;
        for (var n = 2; n <= count; n++)
        {
            (previous, value) = (value, ((2 * n - 1) * x * value - (n - 1) * previous) / n);
        }
        return (value, count * (x * value - previous) / (x * x - 1));
    }
}
