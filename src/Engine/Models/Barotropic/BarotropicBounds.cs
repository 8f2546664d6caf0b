namespace Cairn.Engine.Models.Barotropic;

/// <summary>What the fields of a sane flow stay within, for the health gate: several times what the strongest jets reach.</summary>
internal static class BarotropicBounds
{
    private const double Wind = 500;
    private const double Vorticity = 1e-2;

    internal static IReadOnlyDictionary<string, FieldBounds> ByVariable { get; } =
        new Dictionary<string, FieldBounds>(StringComparer.Ordinal)
        {
            ["vorticity"] = new(-Vorticity, Vorticity),
            ["u"] = new(-Wind, Wind),
            ["v"] = new(-Wind, Wind),
            ["streamfunction"] = new(-Wind * Earth.Radius, Wind * Earth.Radius),
        };
}
