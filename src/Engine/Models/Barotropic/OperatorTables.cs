namespace Cairn.Engine.Models.Barotropic;

/// <summary>Operators that act on coefficients alone: winds from vorticity, the flux's divergence, time step and damping.</summary>
internal static class OperatorTables
{
    internal static IEnumerable<KeyValuePair<string, Table>> For(SpectralShape shape, double step, Hyperdiffusion? damping)
    {
        long columns = shape.Columns, rows = shape.Rows;
        var t = shape.Truncation;
        const double a = Earth.Radius;
        // U = a [ε(n+1) ζ(n+1) / (n+1) - ε(n) ζ(n-1) / n], V = -i m a ζ(n) / (n(n+1)): (1-μ²) dP/dμ by the ladder, ψ = -a² ζ / (n(n+1)).
        yield return Pair("u_above", shape.Fill((m, n) => a * Ladder.Epsilon(n + 1, m) / (n + 1), t - 1));
        yield return Pair("u_below", shape.Fill((m, n) => n == m ? 0 : -a * Ladder.Epsilon(n, m) / n, t + 1));
        yield return new("v_turned", Turned(shape, shape.Fill((m, n) => n == 0 ? 0 : m * a / (n * (n + 1.0)))));
        // dζ/dt = [-i m A(n) + (n+1) ε(n) B(n-1) - n ε(n+1) B(n+1)] / a, with A, B the integrals of U η and V η.
        yield return new("flux_turned", Turned(shape, shape.Fill((m, _) => m / a)));
        yield return Pair("flux_below", shape.Fill((m, n) => (n + 1) * Ladder.Epsilon(n, m) / a));
        yield return Pair("flux_above", shape.Fill((m, n) => -n * Ladder.Epsilon(n + 1, m) / a));
        yield return new("planetary", Planetary(shape));
        yield return InverseLaplacian(shape);
        yield return new("damping", new Table(shape.Fill((_, n) => damping?.Remaining(n, t, step) ?? 1), columns, 1, rows));
        yield return new("half_step", new Table([step / 2]));
        yield return new("whole_step", new Table([step]));
        yield return new("sixth_step", new Table([step / 6]));

        KeyValuePair<string, Table> Pair(string name, double[] values) => new(name, new Table(values, columns, 1, rows));
    }

    /// <summary>ψ = -a² ζ / (n(n+1)).</summary>
    internal static KeyValuePair<string, Table> InverseLaplacian(SpectralShape shape)
    {
        const double a = Earth.Radius;
        return new("inverse_laplacian",
            new Table(shape.Fill((_, n) => n == 0 ? 0 : -a * a / (n * (n + 1.0))), shape.Columns, 1, shape.Rows));
    }

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
        return new Table(both, shape.Columns, 2, shape.Rows);
    }

    /// <summary>2 Ω sin φ has one coefficient: sin φ = sqrt(2/3) P(1,0).</summary>
    private static Table Planetary(SpectralShape shape)
    {
        var values = new double[2 * shape.Count];
        values[1] = 2 * Earth.Rotation * Math.Sqrt(2.0 / 3.0);
        return new Table(values, shape.Columns, 2, shape.Rows);
    }
}
