namespace Cairn.Engine.Models.Harmonics;

/// <summary>
/// The factor that links Legendre functions of neighbouring degrees:
/// μ P(n,m) = ε(n+1,m) P(n+1,m) + ε(n,m) P(n-1,m), ε(n,m) = sqrt((n² - m²) / (4n² - 1)).
/// </summary>
internal static class Ladder
{
    internal static double Epsilon(int n, int m) => n <= m ? 0 : Math.Sqrt(((double)n * n - (double)m * m) / (4.0 * n * n - 1));
}
