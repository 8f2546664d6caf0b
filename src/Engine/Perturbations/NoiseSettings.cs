using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Perturbations;

/// <summary>The settings of noise, of a perturbation or what vectors are bred from.</summary>
internal sealed class NoiseSettings
{
    private static readonly NoiseSpec Usual = new();

    private readonly Setting<double> _reddening, _smoothness, _inverseLength, _lengthScaleKm;

    /// <param name="section">Where they are.</param>
    /// <param name="of">The choice of a kind of noise.</param>
    public NoiseSettings(SettingSection<NoiseSpec> section, Func<NoiseKind, SettingChoice> of)
    {
        Section = section;
        var (brown, spherical) = (of(NoiseKind.Brown), of(NoiseKind.SphericalGaussian));
        _reddening = section.Add(
            "reddening", Number("an exponent above 0", v => v > 0), n => n.Reddening, usual: Usual.Reddening, shapes: Shaping.Numbers,
            only: brown, help: "The power of the wave number that Fourier coefficients are divided by.");
        _smoothness = section.Add(
            "smoothness", Number("an exponent above 1", v => v > 1), n => n.Smoothness, usual: Usual.Smoothness, shapes: Shaping.Numbers,
            only: spherical, help: "The exponent of the Matérn spectrum, above 1; more is smoother.");
        _inverseLength = section.Add(
            "inverse-length", Number("a number above 0, per radian of arc", v => v > 0), n => n.InverseLength, usual: Usual.InverseLength,
            unit: "1/rad", shapes: Shaping.Numbers, only: spherical, help: "One over the width of the structures.");
        _lengthScaleKm = section.Add(
            "length-scale-km", Number("a length in km, from 1 to 20000", v => v is >= 1 and <= 20_000), n => n.LengthScaleKm,
            usual: Usual.LengthScaleKm, unit: "km", shapes: Shaping.Numbers, only: of(NoiseKind.CorrelatedSphericalGaussian),
            help: "The correlation length.");
    }

    public SettingSection<NoiseSpec> Section { get; }

    public NoiseSpec Read(SettingReader reader, NoiseKind kind)
    {
        var spec = new NoiseSpec { Kind = kind };
        return kind switch
        {
            NoiseKind.Brown => spec with { Reddening = reader.Get(_reddening) },
            NoiseKind.SphericalGaussian => spec with { Smoothness = reader.Get(_smoothness), InverseLength = reader.Get(_inverseLength) },
            NoiseKind.CorrelatedSphericalGaussian => spec with { LengthScaleKm = reader.Get(_lengthScaleKm) },
            _ => spec,
        };
    }
}
