using Cairn.Engine.Models.Harmonics;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>The nondivergent barotropic vorticity equation on the sphere: absolute vorticity is carried along by the wind that it makes.
/// Spectral, triangular truncation, dealiased, fourth-order Runge-Kutta (docs/models.md; Bourke 1972, Mon. Wea. Rev. 100,
/// 683-689).</summary>
/// <remarks>
/// <para>Input: winds <c>u, v</c> in m/s, of which the rotational part is kept. Output on the same grid: <c>vorticity</c>
/// (1/s), <c>u</c> and <c>v</c> (m/s), <c>streamfunction</c> (m²/s).</para>
/// <para>The grid's longitudes go once around the globe, eastward and equally spaced; its latitudes, in either order, are Gaussian, or
/// equally spaced with both poles.</para>
/// <para>A state is <c>[batch, m, 2, l]</c>: real and imaginary parts of relative vorticity of zonal wavenumber m and degree m + l. It is
/// all that a restart needs.</para>
/// </remarks>
public sealed class BarotropicModel : IPrognosticModel
{
    private readonly BarotropicOptions _options;
    private readonly VorticityEquation _equation;
    private readonly SpectralStepping _stepping;

    /// <summary>Computes all tables: a quarter of a second at T42.</summary>
    /// <exception cref="SpecException">An option is out of range, or the grid is not global and regular, or too coarse for the
    /// truncation.</exception>
    public BarotropicModel(BarotropicOptions options)
    {
        options.Check();
        _options = options;
        var shape = new SpectralShape(options.Truncation);
        _equation = new VorticityEquation(options);
        _stepping = new SpectralStepping(
            options.Model, _equation, _equation.Fields, [shape.Columns, 2, shape.Rows], "m, 2, l", options.MembersApart);
        Description = Describe(_stepping.DependsOnBatch(options.DType, options.Device));
    }

    public ModelDescription Description { get; }

    /// <summary>Winds <c>[batch, 2, latitude, longitude]</c> to the state of their rotational part.</summary>
    /// <exception cref="StepException">The fields' shape is another.</exception>
    public Tensor Initialize(Tensor fields)
    {
        var grid = _options.Grid;
        _stepping.RequireShape(fields, [2, grid.Latitudes.Count, grid.Longitudes.Count], "winds [batch, u and v, latitude, longitude]");
        return _stepping.Call("init", winds => _equation.Init(winds.to(_options.DType, _options.Device)), fields);
    }

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Step(Tensor state) => _stepping.Step(state);

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Fields(Tensor state) => _stepping.Fields(state);

    public void Dispose() => _stepping.Dispose();

    private ModelDescription Describe(bool dependsOnBatch) => new(
        "barotropic",
        ["u", "v"],
        ["vorticity", "u", "v", "streamfunction"],
        _options.Grid,
        _options.Grid,
        _options.Step,
        _options.DType,
        _options.Device,
        dependsOnBatch,
        _options.BoundsOver(BarotropicBounds.ByVariable),
        ["barotropic: transform method, ladder operators, classical Runge-Kutta, version 2", .. _options.NumericsInputs()]);
}

/// <summary>What a <see cref="BarotropicModel"/> is built from.</summary>
public sealed record BarotropicOptions : SpectralOptions
{
    internal override string Model => "barotropic";
}

/// <summary>What the fields of a sane flow stay within, for the health gate: several times what the strongest jets reach.</summary>
internal static class BarotropicBounds
{
    private const double Wind = 500;
    private const double Vorticity = 1e-2;

    internal static IReadOnlyDictionary<string, FieldBounds> ByVariable { get; } =
        new Dictionary<string, FieldBounds>
        {
            ["vorticity"] = new(-Vorticity, Vorticity),
            ["u"] = new(-Wind, Wind),
            ["v"] = new(-Wind, Wind),
            ["streamfunction"] = new(-Wind * Earth.Radius, Wind * Earth.Radius),
        };
}

/// <summary>What an undamped flow conserves, as means over the sphere: kinetic energy in J/kg, enstrophy (half the squared vorticity) in
/// 1/s².</summary>
public readonly record struct FlowTotals(double Energy, double Enstrophy)
{
    /// <summary>The totals of each member of a state <c>[batch, m, 2, l]</c> of <see cref="BarotropicModel"/>.</summary>
    public static IReadOnlyList<FlowTotals> Of(Tensor state)
    {
        using var doubles = state.to(ScalarType.Float64, CPU);
        var values = doubles.ToArray<double>();
        var (members, columns, rows) = ((int)state.shape[0], (int)state.shape[1], (int)state.shape[3]);
        return [.. Enumerable.Range(0, members).Select(b => Of(values.AsSpan(b * columns * 2 * rows, columns * 2 * rows), columns, rows))];
    }

    private static FlowTotals Of(ReadOnlySpan<double> member, int columns, int rows)
    {
        double energy = 0, enstrophy = 0;
        for (var index = 0; index < member.Length; index++)
        {
            var (m, l) = (index / (2 * rows), index % rows);
            var n = m + l;
            // Waves count twice, as m and -m; the functions are orthonormal over -1 … 1, hence the half.
            var power = 0.5 * (m == 0 ? 1 : 2) * member[index] * member[index];
            enstrophy += 0.5 * power;
            energy += n == 0 ? 0 : 0.5 * power * Earth.Radius * Earth.Radius / (n * (n + 1.0));
        }
        return new FlowTotals(energy, enstrophy);
    }
}
