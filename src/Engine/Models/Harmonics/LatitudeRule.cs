namespace Cairn.Engine.Models.Harmonics;

/// <summary>How winds on the rows of an input grid are integrated over latitude.</summary>
internal abstract class LatitudeRule
{
    /// <summary>Colatitudes of the input rows in radians, in the input's order; rounding of the input's latitudes is removed.</summary>
    internal abstract double[] Colatitudes { get; }

    /// <summary>The largest truncation that the rows can tell apart.</summary>
    internal abstract int LargestTruncation { get; }

    /// <summary>What the rows are, for messages.</summary>
    internal abstract string Name { get; }

    /// <summary>Integration over latitude of winds on these rows against functions up to <paramref name="truncation"/> + 1.</summary>
    internal abstract LatitudeQuadrature Quadrature(int truncation);

    /// <exception cref="SpecException">The latitudes are neither equally spaced from pole to pole nor Gaussian.</exception>
    internal static LatitudeRule For(IReadOnlyList<double> latitudes) =>
        EquallySpacedLatitudes.TryCreate(latitudes)
        ?? GaussianLatitudes.TryCreate(latitudes)
        ?? throw new SpecException($"The input grid's {latitudes.Count} latitudes ({Ends(latitudes)}) are neither equally spaced "
            + "from pole to pole nor Gaussian; a spectral model needs one of these. Regrid the winds, for instance to 73 x 144.");

    private static string Ends(IReadOnlyList<double> values) => values.Count switch
    {
        0 => "none",
        1 => FormattableString.Invariant($"{values[0]}"),
        _ => FormattableString.Invariant($"{values[0]}, {values[1]}, … {values[^1]}"),
    };
}
