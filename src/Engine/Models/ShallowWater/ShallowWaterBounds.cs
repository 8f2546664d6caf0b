namespace Cairn.Engine.Models.ShallowWater;

/// <summary>
/// What a sane flow stays within, for the health gate: the free surface lies above the ground, and no wind is faster than the gravity
/// waves that it would have to outrun.
/// </summary>
internal static class ShallowWaterBounds
{
    internal static IReadOnlyDictionary<string, FieldBounds> With(ShallowWaterOptions options)
    {
        var mean = options.Plane.MeanGeopotential;
        var wind = Math.Sqrt(mean);
        var own = new Dictionary<string, FieldBounds>(StringComparer.Ordinal)
        {
            ["u"] = new(-wind, wind),
            ["v"] = new(-wind, wind),
            ["p"] = new(0, 4 * mean),
        };
        foreach (var (variable, bounds) in options.Bounds)
        {
            own[variable] = bounds;
        }

        return own;
    }
}
