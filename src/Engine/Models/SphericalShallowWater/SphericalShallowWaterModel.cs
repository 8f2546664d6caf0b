using Cairn.Engine.Models.Harmonics;

namespace Cairn.Engine.Models.SphericalShallowWater;

/// <summary>The shallow-water equations on the sphere: one layer of fluid with a free surface, as Williamson et al. (1992), J. Comput.
/// Phys. 102, 211-224, set their test cases for. In vorticity and divergence, spectral, triangular truncation, dealiased, fourth-order
/// Runge-Kutta (docs/models.md; Bourke 1972, Mon. Wea. Rev. 100, 683-689).</summary>
/// <remarks>
/// <para>Input: winds <c>u, v</c> in m/s and the height <c>h</c> of the surface in m, or the winds alone: then their rotational part is
/// kept and given the height that balances it. Output on the same grid: <c>u</c>, <c>v</c>, <c>h</c>, <c>vorticity</c> and
/// <c>divergence</c> (1/s). There are no mountains: h is the depth as well.</para>
/// <para>A state is <c>[batch, m, 3, 2, l]</c>: of zonal wavenumber m and degree m + l the real and imaginary parts of vorticity,
/// divergence and geopotential. It is all that a restart needs.</para>
/// </remarks>
public sealed class SphericalShallowWaterModel : IPrognosticModel
{
    private readonly SphericalShallowWaterOptions _options;
    private readonly LayerEquations _equations;
    private readonly SpectralStepping _stepping;

    /// <summary>Computes all tables: a quarter of a second at T42.</summary>
    /// <exception cref="SpecException">An option is out of range, or the grid is not global and regular, or too coarse for the
    /// truncation.</exception>
    public SphericalShallowWaterModel(SphericalShallowWaterOptions options)
    {
        options.Check();
        _options = options;
        var shape = new SpectralShape(options.Truncation);
        _equations = new LayerEquations(options);
        _stepping = new SpectralStepping(
            options.Model, _equations, _equations.Fields, [shape.Columns, 3, 2, shape.Rows], "m, 3, 2, l", options.MembersApart);
        Description = Describe(_stepping.DependsOnBatch(options.DType, options.Device));
    }

    public ModelDescription Description { get; }

    /// <summary>Winds and height, or winds alone, <c>[batch, 3 or 2, latitude, longitude]</c>, to a state.</summary>
    /// <exception cref="SpecException">Gravity waves or winds of these fields are too fast for the step.</exception>
    /// <exception cref="StepException">The fields' shape is another.</exception>
    public Tensor Initialize(Tensor fields)
    {
        var grid = _options.Grid;
        _stepping.RequireShape(fields, [Description.InputVariables.Count, grid.Latitudes.Count, grid.Longitudes.Count],
            "fields [batch, u, v and h where it is given, latitude, longitude]");
        var state = _stepping.Call("init", given => _equations.Init(given.to(_options.DType, _options.Device)), fields);
        RequireStable(state);
        return state;
    }

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Step(Tensor state) => _stepping.Step(state);

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Fields(Tensor state) => _stepping.Fields(state);

    /// <summary>What each member of a state conserves.</summary>
    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public IReadOnlyList<LayerTotals> Totals(Tensor state)
    {
        _stepping.RequireState(state);
        using var totals = _stepping.Call("totals", x => _equations.Totals(x).to(ScalarType.Float64, CPU), state);
        return [.. totals.ToArray<double>().Chunk(3).Select(t => new LayerTotals(t[0], t[1], t[2]))];
    }

    public void Dispose() => _stepping.Dispose();

    private ModelDescription Describe(bool dependsOnBatch) => new(
        _options.Model,
        _options.HeightGiven ? ["u", "v", "h"] : ["u", "v"],
        ["u", "v", "h", "vorticity", "divergence"],
        _options.Grid,
        _options.Grid,
        _options.Step,
        _options.DType,
        _options.Device,
        dependsOnBatch,
        _options.BoundsOver(SphericalShallowWaterBounds.ByVariable),
        ["spherical-shallow-water: transform method, ladder operators, classical Runge-Kutta, version 2", .. _options.NumericsInputs()]);

    /// <summary>The shortest wave turns by (√(g h T (T + 1)) + T |v|) / a radians a second, at the most.</summary>
    private void RequireStable(Tensor state)
    {
        using var fields = Fields(state);
        var ranges = fields.Ranges(2);
        var longest = RungeKutta.StableReach / ranges.Chunk(Description.OutputVariables.Count).Max(Rate);
        if (_options.Step.TotalSeconds > longest)
        {
            state.Dispose();
            throw new SpecException($"model.step is {_options.Step.TotalSeconds} s, and the fastest waves of the initial fields at "
                + FormattableString.Invariant($"T{_options.Truncation} are stable up to {Math.Floor(longest)} s. ")
                + "Take a shorter step, a smaller truncation, or a smaller model.mean-height.");
        }
    }

    /// <summary>Of one member's fields u, v, h, ….</summary>
    private double Rate(ValueRange[] ranges)
    {
        var t = _options.Truncation;
        var wind = double.Hypot(Largest(ranges[0]), Largest(ranges[1]));
        // A layer without depth, or numbers that are none, are the health gate's to refuse.
        var gravity = Math.Sqrt(Math.Max(0, Earth.Gravity * ranges[2].Max) * t * (t + 1.0));
        return (gravity + (t * wind)) / Earth.Radius;
    }

    private static double Largest(ValueRange range) => Math.Max(Math.Abs(range.Min), Math.Abs(range.Max));
}

/// <summary>What a <see cref="SphericalShallowWaterModel"/> is built from.</summary>
public sealed record SphericalShallowWaterOptions : SpectralOptions
{
    /// <summary>The mean height without another, in m.</summary>
    public const double UsualMeanHeight = 10_000;

    public SphericalShallowWaterOptions() => Step = TimeSpan.FromMinutes(10);

    /// <summary>Whether the initial fields have the height h beside the winds; without it the winds are given one in balance.</summary>
    public bool HeightGiven { get; init; } = true;

    /// <summary>Mean over the sphere of the height that is found by balance, in m; of no account where the height is given.</summary>
    public double MeanHeight { get; init; } = UsualMeanHeight;

    /// <summary>Degrees between the axis of the coordinates and that of the planet's rotation, which leans towards 180° east: α of
    /// Williamson et al. (1992). f = 2 Ω (sin φ cos α - cos φ cos λ sin α).</summary>
    public double Tilt { get; init; }

    internal override string Model => "spherical-shallow-water";

    internal override void Check()
    {
        base.Check();
        Require(MeanHeight > 0 && double.IsFinite(MeanHeight), "mean height", $"{MeanHeight}", "a number of metres above 0");
        Require(Math.Abs(Tilt) <= 180, "tilt", $"{Tilt}", "degrees from -180 to 180");
    }

    internal override IEnumerable<string> NumericsInputs()
    {
        var height = HeightGiven ? "given" : FormattableString.Invariant($"balanced, mean {MeanHeight} m");
        return [.. base.NumericsInputs(), $"height = {height}", FormattableString.Invariant($"tilt = {Tilt}")];
    }
}

/// <summary>What the fields of a sane flow stay within, for the health gate; a layer without depth is none.</summary>
internal static class SphericalShallowWaterBounds
{
    private const double Wind = 500;
    private const double Height = 100_000;
    private const double Rate = 1e-2;

    internal static IReadOnlyDictionary<string, FieldBounds> ByVariable { get; } =
        new Dictionary<string, FieldBounds>
        {
            ["u"] = new(-Wind, Wind),
            ["v"] = new(-Wind, Wind),
            ["h"] = new(0, Height),
            ["vorticity"] = new(-Rate, Rate),
            ["divergence"] = new(-Rate, Rate),
        };
}

/// <summary>What an undamped layer conserves, as means over the sphere and per unit of density.</summary>
/// <param name="Depth">Mean of h in m: the mass.</param>
/// <param name="Energy">Mean of h (u² + v² + g h) / 2, in m³/s².</param>
/// <param name="PotentialEnstrophy">Mean of (ζ + f)² / (2 h), in 1/(m s²).</param>
/// <remarks>Depth is kept to the bit; the others but for truncation and the error of the time step.</remarks>
public readonly record struct LayerTotals(double Depth, double Energy, double PotentialEnstrophy);
