using Cairn.Engine.Models.SphericalShallowWater;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Cairn.Hocon.Values;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>The settings of <c>model</c> for the spectral models on the sphere.</summary>
internal static class SpectralSettings
{
    public static readonly SettingSection<SpectralSpec> Section = new(
        "model", spec => spec.Model.Spectral, ModelSettings.Kind.Is(ModelKind.Barotropic, ModelKind.SphericalShallowWater));

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

    /// <summary>What the shallow-water model takes besides.</summary>
    public static readonly SettingSection<SphericalShallowWaterSpec> Layer = new(
        "model", spec => spec.Model.SphericalShallowWater, ModelSettings.Kind.Is(ModelKind.SphericalShallowWater));

    private static readonly Setting<double> MeanHeight = Layer.Add(
        "mean-height", Number("the mean height of the surface in metres, a number above 0", v => v > 0), s => s.MeanHeight,
        usual: SphericalShallowWaterOptions.UsualMeanHeight, unit: "m", shapes: Shaping.Numbers,
        help: "The mean height of the surface where initial.variables has no h: winds alone are given the height that balances them.");

    private static readonly Setting<double> Tilt = Layer.Add(
        "tilt", Number("the tilt of the planet's axis in degrees, from -180 to 180", v => Math.Abs(v) <= 180), s => s.Tilt, usual: 0,
        unit: "degrees", shapes: Shaping.Numbers, help: "The angle between the axis of the coordinates and that of the planet's "
            + "rotation.");

    public static BarotropicSpec Barotropic(SettingReader reader) =>
        new(reader.Get(Truncation), reader.Get(DiffusionOrder), reader.Get(DiffusionTimeScale));

    public static SphericalShallowWaterSpec ShallowWater(SettingReader reader) =>
        new(reader.Get(Truncation), reader.Get(DiffusionOrder), reader.Get(DiffusionTimeScale))
        {
            MeanHeight = reader.Get(MeanHeight),
            Tilt = reader.Get(Tilt),
        };

    private static bool TryOrder(HoconScalar scalar, out int order)
    {
        var isGood = scalar.TryInt64(out var wide) && wide is >= 2 and <= 16 && wide % 2 == 0;
        order = isGood ? (int)wide : 4;
        return isGood;
    }
}
