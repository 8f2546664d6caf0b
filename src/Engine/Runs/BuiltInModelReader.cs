using Cairn.Engine.Models.ShallowWater;

namespace Cairn.Engine.Runs;

/// <summary>Reads what the built-in models of plane and circle take besides; the defaults are those of their papers.</summary>
internal static class BuiltInModelReader
{
    private const int MaxExtent = 16_384;

    public static ShallowWaterSpec ShallowWater(SettingReader reader)
    {
        var plane = new ShallowWaterPlane();
        var dx = reader.Number("model.dx", plane.Dx, "the distance of columns in metres, a number above 0", v => v > 0);
        return new ShallowWaterSpec(
            new ShallowWaterPlane
            {
                Columns = reader.Integer("model.nx", plane.Columns, 4, MaxExtent, "the points from west to east"),
                Rows = reader.Integer("model.ny", plane.Rows, 4, MaxExtent, "the points from south to north"),
                Dx = dx,
                Dy = reader.Number("model.dy", dx, "the distance of rows in metres, a number above 0", v => v > 0),
                Coriolis = reader.Number("model.coriolis", plane.Coriolis, "the Coriolis parameter in 1/s, below 1 either way",
                    v => Math.Abs(v) < 1),
                MeanGeopotential = reader.Number("model.mean-geopotential", plane.MeanGeopotential,
                    "the geopotential of the free surface at rest in m2/s2, a number above 0", v => v > 0),
            },
            reader.Word<ShallowWaterScheme>("model.scheme", ShallowWaterScheme.PotentialEnstrophy) ?? default,
            reader.Number("model.filter", 0.001, "the coefficient of the time filter, from 0 to below 0.5", v => v is >= 0 and < 0.5));
    }

    public static Lorenz96Spec Lorenz96(SettingReader reader) => new(
        reader.Integer("model.size", 40, 4, 1_000_000, "the number of variables"),
        reader.Number("model.forcing", 8, "the forcing, a number", _ => true));
}
