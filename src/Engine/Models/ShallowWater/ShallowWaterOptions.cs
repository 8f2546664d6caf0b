namespace Cairn.Engine.Models.ShallowWater;

/// <summary>What a <see cref="ShallowWaterModel"/> is built from. The defaults are those of the NCAR program.</summary>
public sealed record ShallowWaterOptions
{
    /// <summary>The domain.</summary>
    public ShallowWaterPlane Plane { get; init; } = new();

    /// <summary>Which total the advection of vorticity keeps.</summary>
    public ShallowWaterScheme Scheme { get; init; }

    /// <summary>Length of one step.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>The coefficient α of the Robert-Asselin filter, from 0 to below 0.5.</summary>
    public double Filter { get; init; } = 0.001;

    /// <summary>Element type of state and fields: float64 or float32.</summary>
    public ScalarType DType { get; init; } = ScalarType.Float64;

    /// <summary>Where it steps: by a kernel in C# on the CPU, by operations of libtorch on a CUDA device.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Bounds by output variable that take the place of the model's own.</summary>
    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();

    /// <summary>The grid of the initial fields and of the output, where it is not the plane's own: as many rows and columns.</summary>
    public LatLonGrid? Grid { get; init; }

    internal void Check()
    {
        var plane = Plane;
        Require(plane.Columns >= 4 && plane.Rows >= 4 && (long)plane.Columns * plane.Rows <= int.MaxValue / 8, "plane",
            $"{plane.Rows} x {plane.Columns} points", "at least 4 each way and at most 2^28 together");
        Require(IsLength(plane.Dx) && IsLength(plane.Dy), "grid spacing", $"{plane.Dx} m, {plane.Dy} m", "two lengths above 0");
        Require(IsLength(plane.MeanGeopotential), "mean geopotential", $"{plane.MeanGeopotential}", "more than 0 m2/s2");
        Require(double.IsFinite(plane.Coriolis), "Coriolis parameter", $"{plane.Coriolis}", "a finite number, in 1/s");
        Require(Filter is >= 0 and < 0.5, "filter", $"{Filter}", "0 or more and less than 0.5 (0.001 is the NCAR program's)");
        Require(DType is ScalarType.Float64 or ScalarType.Float32, "dtype", DType.Name(), "float64 or float32");
        Require(Step > TimeSpan.Zero && Step.TotalSeconds < plane.LongestStep, "step", $"{Step.TotalSeconds} s",
            FormattableString.Invariant($"more than 0 and less than {plane.LongestStep:F1} s, or gravity waves grow without end"));
        if (Grid is { } grid)
            Require(grid.Latitudes.Count == plane.Rows && grid.Longitudes.Count == plane.Columns, "plane",
                $"{plane.Rows} x {plane.Columns} points beside initial fields of {grid}", "as many rows and columns as those have");
    }

    private static bool IsLength(double value) => double.IsFinite(value) && value > 0;

    private static void Require(bool holds, string setting, string found, string expected)
    {
        if (!holds)
            throw new SpecException($"The shallow-water model's {setting} is {found}; expected {expected}.");
    }
}

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

    /// <summary>The longest stable step in seconds, for waves of small amplitude: leapfrog holds while the C-grid's fastest gravity wave
    /// turns by less than one radian a step.</summary>
    public double LongestStep => 1 / Math.Sqrt((MeanGeopotential * ((4 / (Dx * Dx)) + (4 / (Dy * Dy)))) + (Coriolis * Coriolis));
}

/// <summary>Which total the advection of vorticity keeps, of the two schemes of Sadourny (1975).</summary>
public enum ShallowWaterScheme
{
    /// <summary>Potential enstrophy: the scheme of the NCAR program, and steady without any diffusion.</summary>
    PotentialEnstrophy,

    /// <summary>Total energy.</summary>
    Energy,
}

/// <summary>What a sane flow stays within, for the health gate: the free surface lies above the ground, and no wind is faster than the
/// gravity waves that it would have to outrun.</summary>
internal static class ShallowWaterBounds
{
    internal static IReadOnlyDictionary<string, FieldBounds> With(ShallowWaterOptions options)
    {
        var mean = options.Plane.MeanGeopotential;
        var wind = Math.Sqrt(mean);
        var own = new Dictionary<string, FieldBounds>
        {
            ["u"] = new(-wind, wind),
            ["v"] = new(-wind, wind),
            ["p"] = new(0, 4 * mean),
        };
        foreach (var (variable, bounds) in options.Bounds)
            own[variable] = bounds;
        return own;
    }
}

/// <summary>The numbers that a step multiplies with, rounded once to the element type.</summary>
/// <param name="DtOver8">Time between the older level and the new one, over 8.</param>
/// <param name="DtOverDx">The same time over the distance of columns.</param>
/// <param name="DtOverDy">The same time over the distance of rows.</param>
/// <param name="FourOverDx">Four over the distance of columns.</param>
/// <param name="FourOverDy">Four over the distance of rows.</param>
/// <param name="FourF">Four times the Coriolis parameter.</param>
/// <param name="Filter">The filter's coefficient.</param>
/// <param name="KeepsEnergy">Which of the two schemes.</param>
internal readonly record struct StepFactors<T>(
    T DtOver8, T DtOverDx, T DtOverDy, T FourOverDx, T FourOverDy, T FourF, T Filter, bool KeepsEnergy)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static StepFactors<T> Of(ShallowWaterOptions options, double seconds) => new(
        T.CreateChecked(seconds / 8),
        T.CreateChecked(seconds / options.Plane.Dx),
        T.CreateChecked(seconds / options.Plane.Dy),
        T.CreateChecked(4 / options.Plane.Dx),
        T.CreateChecked(4 / options.Plane.Dy),
        T.CreateChecked(4 * options.Plane.Coriolis),
        T.CreateChecked(options.Filter),
        options.Scheme == ShallowWaterScheme.Energy);
}
