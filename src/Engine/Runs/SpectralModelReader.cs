using Cairn.Engine.Models.SphericalShallowWater;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads what the spectral models on the sphere take besides.</summary>
internal static class SpectralModelReader
{
    public static BarotropicSpec Barotropic(SettingReader reader)
    {
        var (truncation, order, timeScale) = Spectral(reader);
        return new BarotropicSpec(truncation, order, timeScale);
    }

    public static SphericalShallowWaterSpec ShallowWater(SettingReader reader)
    {
        var (truncation, order, timeScale) = Spectral(reader);
        return new SphericalShallowWaterSpec(truncation, order, timeScale)
        {
            MeanHeight = reader.Number("model.mean-height", SphericalShallowWaterOptions.UsualMeanHeight,
                "the mean height of the surface in metres, a number above 0", v => v > 0),
            Tilt = reader.Number("model.tilt", 0, "the tilt of the planet's axis in degrees, from -180 to 180", v => Math.Abs(v) <= 180),
        };
    }

    private static SpectralSpec Spectral(SettingReader reader)
    {
        var truncation = reader.Integer("model.truncation", 42, 10, 340, "the triangular truncation");
        var order = reader.Read("model.diffusion.order", 4, false, "an even whole number from 2 to 16", TryOrder);
        var timeScale = reader.Read<TimeSpan?>("model.diffusion.time-scale", null, false,
            "off, or a duration greater than zero with its unit, such as 6h", (HoconScalar scalar, out TimeSpan? value) =>
            {
                value = null;
                return scalar.Text == "off" || SettingReader.TryDuration(scalar, out value);
            });
        return new SpectralSpec(truncation, order, timeScale);
    }

    private static bool TryOrder(HoconScalar scalar, out int order)
    {
        var good = scalar.TryInt64(out var wide) && wide is >= 2 and <= 16 && wide % 2 == 0;
        order = good ? (int)wide : 4;
        return good;
    }
}
