namespace Cairn.Engine.Perturbations;

/// <summary>How the variance of an isotropic random field on the sphere falls with the degree of its spherical harmonics.</summary>
public abstract record SphericalSpectrum
{
    /// <summary>The mean radius that lengths refer to, km.</summary>
    public const double EarthRadiusKm = 6371;

    private protected SphericalSpectrum()
    {
    }

    /// <summary>The variance of a coefficient of degree <paramref name="degree"/> (at least 1), up to a common factor.</summary>
    public abstract double Variance(int degree);

    /// <summary>
    /// Matérn: <c>(l (l + 1) + tau²)^-alpha</c>, the spectrum of <c>(-Laplace + tau²)^-alpha</c> on the unit sphere (Lindgren, Rue and
    /// Lindström 2011, J. R. Stat. Soc. B 73, 423-498).
    /// </summary>
    /// <param name="Smoothness">The exponent alpha, above 1: more is smoother.</param>
    /// <param name="InverseLength">tau, above 0: structures are about 1 / tau radians wide.</param>
    public sealed record Matern(double Smoothness, double InverseLength) : SphericalSpectrum
    {
        public override double Variance(int degree) =>
            Math.Pow((degree * (degree + 1.0)) + (InverseLength * InverseLength), -Smoothness);
    }

    /// <summary>
    /// That of the heat kernel, <c>exp(-l (l + 1) t)</c> with <c>t = (length / radius)² / 2</c>: the correlation at distance d is about
    /// <c>exp(-d² / (2 length²))</c>, 0.61 at one length (Palmer et al. 2009, ECMWF Technical Memorandum 598, of stochastic physics).
    /// </summary>
    /// <param name="LengthScaleKm">The correlation length, km.</param>
    public sealed record Gaussian(double LengthScaleKm) : SphericalSpectrum
    {
        public override double Variance(int degree)
        {
            var angle = LengthScaleKm / EarthRadiusKm;
            return Math.Exp(-degree * (degree + 1.0) * angle * angle / 2);
        }
    }
}
