namespace Cairn.Engine.Models.SphericalShallowWater;

/// <summary>What the fields of a sane flow stay within, for the health gate; a layer without depth is none.</summary>
internal static class SphericalShallowWaterBounds
{
    private const double Wind = 500;
    private const double Height = 100_000;
    private const double Rate = 1e-2;

    internal static IReadOnlyDictionary<string, FieldBounds> ByVariable { get; } =
        new Dictionary<string, FieldBounds>(StringComparer.Ordinal)
        {
            ["u"] = new(-Wind, Wind),
            ["v"] = new(-Wind, Wind),
            ["h"] = new(0, Height),
            ["vorticity"] = new(-Rate, Rate),
            ["divergence"] = new(-Rate, Rate),
        };
}
