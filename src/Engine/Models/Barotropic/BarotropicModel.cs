using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>
/// The nondivergent barotropic vorticity equation on the sphere: absolute vorticity is carried along by the wind that it makes. Spectral,
/// triangular truncation, dealiased, fourth-order Runge-Kutta (docs/models.md; Bourke 1972, Mon. Wea. Rev. 100, 683-689).
/// </summary>
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
    private readonly SpectralScript _script;

    /// <summary>Computes all tables and compiles the script: half a second at T42.</summary>
    /// <exception cref="SpecException">
    /// An option is out of range, or the grid is not global and regular, or too coarse for the truncation.
    /// </exception>
    public BarotropicModel(BarotropicOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        var shape = new SpectralShape(options.Truncation);
        _script = new SpectralScript(
            options.Model, BarotropicScript.Compile(options), [shape.Columns, 2, shape.Rows], "m, 2, l", options.MembersApart);
        Description = Describe(_script.DependsOnBatch(options.DType, options.Device));
    }

    public ModelDescription Description { get; }

    /// <summary>Winds <c>[batch, 2, latitude, longitude]</c> to the state of their rotational part.</summary>
    /// <exception cref="StepException">The fields' shape is another.</exception>
    public Tensor Initialize(Tensor fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var grid = _options.Grid;
        _script.RequireShape(fields, [2, grid.Latitudes.Count, grid.Longitudes.Count], "winds [batch, u and v, latitude, longitude]");
        using var placed = fields.To(_options.Device, _options.DType);
        return _script.Call("init", placed);
    }

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Step(Tensor state) => _script.Step(state);

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Fields(Tensor state) => _script.OfState("fields", state);

    /// <summary>Writes the model, tables and all, as a TorchScript archive that any program with libtorch can step.</summary>
    public void Save(string path) => _script.Save(path);

    public void Dispose() => _script.Dispose();

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
        [BarotropicScript.Text, .. _options.NumericsInputs()]);
}
