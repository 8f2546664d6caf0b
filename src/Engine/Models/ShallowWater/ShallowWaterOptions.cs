using Cairn.Engine.Torch;
using static TorchSharp.torch;

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

    /// <exception cref="SpecException">A value is out of its range.</exception>
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
        {
            Require(grid.Latitudes.Count == plane.Rows && grid.Longitudes.Count == plane.Columns, "plane",
                $"{plane.Rows} x {plane.Columns} points beside initial fields of {grid}", "as many rows and columns as those have");
        }
    }

    private static bool IsLength(double value) => double.IsFinite(value) && value > 0;

    private static void Require(bool holds, string setting, string found, string expected)
    {
        if (!holds)
        {
            throw new SpecException($"The shallow-water model's {setting} is {found}; expected {expected}.");
        }
    }
}
