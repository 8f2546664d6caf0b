namespace Cairn.Engine.Models.Harmonics;

/// <summary>
/// Damping of the smallest scales: a coefficient of degree n decays as exp(-t/timescale · q^(order/2)), with
/// q = (n(n+1) - 2) / (T(T+1) - 2). Degree 1, the angular momentum, is left alone.
/// </summary>
/// <param name="Order">Order of the operator: 2 is diffusion, 4 and 8 act ever more on the last few degrees. Even, 2 to 16.</param>
/// <param name="Timescale">e-folding time of the truncation limit, degree T.</param>
public sealed record Hyperdiffusion(int Order, TimeSpan Timescale)
{
    /// <summary>What is left of a coefficient of degree <paramref name="n"/> after <paramref name="seconds"/>, solved exactly.</summary>
    internal double Remaining(int n, int truncation, double seconds)
    {
        var q = Math.Max(n * (n + 1.0) - 2, 0) / (truncation * (truncation + 1.0) - 2);
        return Math.Exp(-seconds / Timescale.TotalSeconds * Math.Pow(q, Order / 2));
    }

    /// <summary>What is left of each coefficient [m, l] after so many seconds; all of it without damping.</summary>
    internal static double[] Remaining(Hyperdiffusion? damping, SpectralShape shape, double seconds) =>
        shape.Fill((_, n) => damping?.Remaining(n, shape.Truncation, seconds) ?? 1);
}
