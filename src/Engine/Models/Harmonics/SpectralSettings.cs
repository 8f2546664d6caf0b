namespace Cairn.Engine.Models.Harmonics;

/// <summary>What a spectral model takes.</summary>
/// <param name="Truncation">Triangular truncation: the highest total wavenumber kept.</param>
/// <param name="DiffusionOrder">Order of the hyperdiffusion, an even number (4 means the squared Laplacian).</param>
/// <param name="DiffusionTimeScale">Time in which diffusion damps the smallest kept scale by a factor of e, or null for none.</param>
public record SpectralSpec(int Truncation, int DiffusionOrder, TimeSpan? DiffusionTimeScale);

/// <summary>The settings of <c>model</c> for the spectral models on the sphere.</summary>
internal static class SpectralSettings
{
    public static readonly SettingSection<SpectralSpec> Section = new(
        "model", spec => spec.Model.Of<SpectralSpec>(), ModelSettings.Kind.Is("barotropic", "spherical-shallow-water"));

    private static readonly Setting<int> Truncation = Section.Add(
        "truncation", Integer("the triangular truncation", 10, 340), s => s.Truncation, usual: 42, shapes: Shaping.Numbers,
        help: "The triangular truncation, from 10 to 340.");

    private static readonly Setting<int> DiffusionOrder = Section.Add(
        "diffusion.order", Scalar<int>("whole number", "an even whole number from 2 to 16", TryOrder, value => value),
        s => s.DiffusionOrder, usual: 4, shapes: Shaping.Numbers, help: "The order of the hyperdiffusion, an even number from 2 to 16.");

    private static readonly Setting<TimeSpan?> DiffusionTimeScale = Section.Add(
        "diffusion.time-scale", Or("off", Duration("6h"), "off, or a duration greater than zero with its unit, such as 6h"),
        s => s.DiffusionTimeScale, usual: null, shapes: Shaping.Numbers,
        help: "The time in which the smallest kept scale is damped by a factor of e, or off.");

    /// <summary>Reads what both take: truncation, and order and time of the hyperdiffusion.</summary>
    public static (int Truncation, int DiffusionOrder, TimeSpan? DiffusionTimeScale) Read(SettingReader reader) =>
        (reader.Get(Truncation), reader.Get(DiffusionOrder), reader.Get(DiffusionTimeScale));

    /// <summary>The damping that a spec asks for; null for none.</summary>
    public static Hyperdiffusion? Damping(SpectralSpec spec) =>
        spec.DiffusionTimeScale is { } scale ? new Hyperdiffusion(spec.DiffusionOrder, scale) : null;

    private static bool TryOrder(HoconScalar scalar, out int order)
    {
        var isGood = scalar.TryInt64(out var wide) && wide is >= 2 and <= 16 && wide % 2 == 0;
        order = isGood ? (int)wide : 4;
        return isGood;
    }
}
