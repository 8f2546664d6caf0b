using Cairn.Engine.Models.Harmonics;

namespace Cairn.Engine.Models.SphericalShallowWater;

/// <summary>What a <see cref="SphericalShallowWaterModel"/> is built from.</summary>
public sealed record SphericalShallowWaterOptions : SpectralOptions
{
    /// <summary>The mean height without another, in m.</summary>
    public const double UsualMeanHeight = 10_000;

    public SphericalShallowWaterOptions() => Step = TimeSpan.FromMinutes(10);

    /// <summary>Whether the initial fields have the height h beside the winds; without it the winds are given one in balance.</summary>
    public bool HeightGiven { get; init; } = true;

    /// <summary>Mean over the sphere of the height that is found by balance, in m; of no account where the height is given.</summary>
    public double MeanHeight { get; init; } = UsualMeanHeight;

    /// <summary>
    /// Degrees between the axis of the coordinates and that of the planet's rotation, which leans towards 180° east: α of Williamson et al.
    /// (1992). f = 2 Ω (sin φ cos α - cos φ cos λ sin α).
    /// </summary>
    public double Tilt { get; init; }

    internal override string Model => "spherical-shallow-water";

    internal override void Check()
    {
        base.Check();
        Require(MeanHeight > 0 && double.IsFinite(MeanHeight), "mean height", $"{MeanHeight}", "a number of metres above 0");
        Require(Math.Abs(Tilt) <= 180, "tilt", $"{Tilt}", "degrees from -180 to 180");
    }

    internal override IEnumerable<string> NumericsInputs()
    {
        var height = HeightGiven ? "given" : FormattableString.Invariant($"balanced, mean {MeanHeight} m");
        return [.. base.NumericsInputs(), $"height = {height}", FormattableString.Invariant($"tilt = {Tilt}")];
    }
}
