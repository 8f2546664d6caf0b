namespace Cairn.Engine.Models.ShallowWater;

/// <summary>A doubly periodic plane. By default that of the NCAR program: 64 x 64 points, 100 km apart, without rotation.</summary>
public sealed record ShallowWaterPlane
{
    /// <summary>Points from west to east, at least 4.</summary>
    public int Columns { get; init; } = 64;

    /// <summary>Points from south to north, at least 4.</summary>
    public int Rows { get; init; } = 64;

    /// <summary>Distance of columns, in metres.</summary>
    public double Dx { get; init; } = 1e5;

    /// <summary>Distance of rows, in metres.</summary>
    public double Dy { get; init; } = 1e5;

    /// <summary>The Coriolis parameter f, in 1/s, the same everywhere.</summary>
    public double Coriolis { get; init; }

    /// <summary>Geopotential of the free surface at rest (gravity times depth), in m²/s².</summary>
    public double MeanGeopotential { get; init; } = 5e4;

    /// <summary>Points of one field.</summary>
    public int Size => Rows * Columns;

    /// <summary>The points of p: metres northward and eastward. Points of u lie half a column to the west, of v half a row to the
    /// south, of vorticity both.</summary>
    public LatLonGrid Grid => new([.. Enumerable.Range(0, Rows).Select(j => j * Dy)], [.. Enumerable.Range(0, Columns).Select(i => i * Dx)])
    {
        Unit = GridUnit.Metres,
    };

    /// <summary>
    /// The longest stable step in seconds, for waves of small amplitude: leapfrog holds while the C-grid's fastest gravity wave turns by
    /// less than one radian a step.
    /// </summary>
    public double LongestStep => 1 / Math.Sqrt((MeanGeopotential * ((4 / (Dx * Dx)) + (4 / (Dy * Dy)))) + (Coriolis * Coriolis));
}
