namespace Cairn.Engine.Models.Lorenz96;

/// <summary>What a <see cref="Lorenz96Model"/> is built from.</summary>
public sealed record Lorenz96Options
{
    /// <summary>Five days are one unit of the equations' time, so that Lorenz's step of 0.05 is 6 hours.</summary>
    public static readonly TimeSpan TimeUnit = TimeSpan.FromDays(5);

    /// <summary>Number of variables, at least 4: sectors of a latitude circle.</summary>
    public int Size { get; init; } = 40;

    /// <summary>The forcing F; 8 is chaotic.</summary>
    public double Forcing { get; init; } = 8;

    /// <summary>Length of one step, up to a day.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Element type of state and fields: float64 or float32.</summary>
    public ScalarType DType { get; init; } = ScalarType.Float64;

    /// <summary>Where it steps: by a kernel in C# on the CPU, by operations of libtorch on a CUDA device.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Bounds by output variable, for the health gate; none by default.</summary>
    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();

    /// <summary>The grid of the initial fields and of the output, where it is not <see cref="Circle"/>: one latitude, as many longitudes as
    /// variables.</summary>
    public LatLonGrid? Grid { get; init; }

    /// <summary>The model's own grid: sectors of a latitude circle. Which circle the equations do not say; 0 stands there.</summary>
    public static LatLonGrid Circle(int size) => new([0], [.. Enumerable.Range(0, size).Select(i => 360.0 * i / size)]);

    internal void Check()
    {
        Require(Size >= 4, "size", $"{Size}", "at least 4 variables: each is driven by three neighbours");
        Require(double.IsFinite(Forcing), "forcing", $"{Forcing}", "a finite number");
        Require(Step > TimeSpan.Zero && Step <= TimeSpan.FromDays(1), "step", $"{Step}", "more than 0 and at most 1 day (6h is Lorenz's)");
        if (Grid is { } grid)
            Require(grid.Latitudes.Count == 1 && grid.Longitudes.Count == Size, "size", $"{Size} beside initial fields on {grid} points",
                "fields on one latitude with as many longitudes as there are variables");
        Require(DType is ScalarType.Float64 or ScalarType.Float32, "dtype", DType.Name(), "float64 or float32");
    }

    private static void Require(bool holds, string setting, string found, string expected)
    {
        if (!holds)
            throw new SpecException($"The lorenz96 model's {setting} is {found}; expected {expected}.");
    }
}
