namespace Cairn.Engine.Models.Harmonics;

/// <summary>Operators that act on coefficients alone: winds from vorticity, a flux's divergence, and the planet's rotation.</summary>
internal static class OperatorTables
{
    /// <param name="shape">Layout of the coefficients.</param>
    /// <param name="tilt">Angle between the axis of the coordinates and that of the rotation, radians, which leans to 180°.</param>
    internal static IEnumerable<KeyValuePair<string, Table>> For(SpectralShape shape, double tilt = 0)
    {
        var t = shape.Truncation;
        const double a = Earth.Radius;
        // U = a [ε(n+1) ζ(n+1) / (n+1) - ε(n) ζ(n-1) / n], V = -i m a ζ(n) / (n(n+1)): (1-μ²) dP/dμ by the ladder, ψ = -a² ζ / (n(n+1)).
        yield return Factors("u_above", shape, shape.Fill((m, n) => a * Ladder.Epsilon(n + 1, m) / (n + 1), t - 1));
        yield return Factors("u_below", shape, shape.Fill((m, n) => n == m ? 0 : -a * Ladder.Epsilon(n, m) / n, t + 1));
        yield return new("v_turned", Turned(shape, shape.Fill((m, n) => n == 0 ? 0 : m * a / (n * (n + 1.0)))));
        // dζ/dt = [-i m A(n) + (n+1) ε(n) B(n-1) - n ε(n+1) B(n+1)] / a, with A, B the integrals of U η and V η.
        yield return new("flux_turned", Turned(shape, shape.Fill((m, _) => m / a)));
        yield return Factors("flux_below", shape, shape.Fill((m, n) => (n + 1) * Ladder.Epsilon(n, m) / a));
        yield return Factors("flux_above", shape, shape.Fill((m, n) => -n * Ladder.Epsilon(n + 1, m) / a));
        yield return new("planetary", Planetary(shape, tilt));
        yield return InverseLaplacian(shape);
    }

    /// <summary>ψ = -a² ζ / (n(n+1)).</summary>
    internal static KeyValuePair<string, Table> InverseLaplacian(SpectralShape shape)
    {
        const double a = Earth.Radius;
        return new("inverse_laplacian",
            new Table(shape.Fill((_, n) => n == 0 ? 0 : -a * a / (n * (n + 1.0))), shape.Columns, 1, shape.Rows));
    }

    /// <summary>Real factors of coefficients <c>[batch, m, field, part, l]</c>.</summary>
    private static KeyValuePair<string, Table> Factors(string name, SpectralShape shape, double[] values) =>
        new(name, new Table(values, shape.Columns, 1, 1, shape.Rows));

    /// <summary>Factors for a flipped pair (im, re): minus i times the value.</summary>
    private static Table Turned(SpectralShape shape, double[] values)
    {
        var both = new double[2 * shape.Count];
        for (var m = 0; m < shape.Columns; m++)
        {
            for (var l = 0; l < shape.Rows; l++)
            {
                var value = values[shape.Index(m, l)];
                both[shape.Index(2 * m, l)] = value;
                both[shape.Index(2 * m + 1, l)] = -value;
            }
        }
        return new Table(both, shape.Columns, 1, 2, shape.Rows);
    }

    /// <summary>
    /// f = 2 Ω (sin φ cos α - cos φ cos λ sin α): sin φ = sqrt(2/3) P(1,0), cos φ = sqrt(4/3) P(1,1), and m = -1 has half of it.
    /// </summary>
    private static Table Planetary(SpectralShape shape, double tilt)
    {
        var values = new double[2 * shape.Count];
        values[shape.Index(0, 1)] = 2 * Earth.Rotation * Math.Cos(tilt) * Math.Sqrt(2.0 / 3.0);
        if (tilt != 0)
        {
            values[shape.Index(2, 0)] = -2 * Earth.Rotation * Math.Sin(tilt) * Math.Sqrt(1.0 / 3.0);
        }

        return new Table(values, shape.Columns, 1, 2, shape.Rows);
    }
}
