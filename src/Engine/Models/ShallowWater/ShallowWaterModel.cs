using System.Buffers;

namespace Cairn.Engine.Models.ShallowWater;

/// <summary>The shallow-water equations on a doubly periodic plane, on the C-grid (Sadourny 1975, J. Atmos. Sci. 32, 680-689), leapfrog
/// with the Robert-Asselin filter: what the NCAR benchmark program of P. Swarztrauber (1984) steps. See docs/models.md.</summary>
/// <remarks>
/// <para>Input: <c>u</c>, <c>v</c> (m/s) and <c>p</c>, the geopotential of the free surface (m²/s²). Output: the same and relative
/// <c>vorticity</c> (1/s), each at its own points of the C-grid.</para>
/// <para>A state is <c>[batch, 6, row, column]</c>: u, v, p now, then their older level, as the filter left it. There is no step to count:
/// at lead time zero the older level is a step backward from the initial fields, with which the first leapfrog step is the forward step
/// that the NCAR program begins with.</para>
/// <para>The arithmetic is C#, on the CPU; a member's bits depend neither on its batch nor on how the plane is cut into rows
/// (<see cref="StepRows{T}"/>).</para>
/// </remarks>
public sealed class ShallowWaterModel : ICuttableModel
{
    private static readonly string[] Inputs = ["u", "v", "p"];
    private readonly ShallowWaterOptions _options;
    private readonly ShallowWaterEquations? _onDevice;

    /// <exception cref="SpecException">An option is out of its range, or the step is too long for gravity waves.</exception>
    public ShallowWaterModel(ShallowWaterOptions options)
    {
        options.Check();
        _options = options;
        _onDevice = options.Device.IsCuda() ? new ShallowWaterEquations(options) : null;
        var grid = options.Grid ?? options.Plane.Grid;
        Description = new ModelDescription(
            "shallow-water", Inputs, [.. Inputs, "vorticity"], grid, grid, options.Step, options.DType, options.Device,
            DependsOnBatch: false, ShallowWaterBounds.With(options), ["shallow-water: leapfrog begun with a backward step, version 1"]);
    }

    public ModelDescription Description { get; }

    /// <summary>As many as there are rows.</summary>
    public int MostRanks => _options.Plane.Rows;

    /// <remarks>State and fields are cut into whole rows, from south to north.</remarks>
    public IRankModel Cut(ICommunicator ranks)
    {
        DomainCut.RequireRanks(this, ranks.Size);
        DomainCut.RequireHost(this);
        return _options.DType == ScalarType.Float64
            ? new ShallowWaterRank<double>(_options, Description, ranks)
            : new ShallowWaterRank<float>(_options, Description, ranks);
    }

    /// <summary>The step of some rows: what a rank does with its part of the plane, given the rows on either side. Equal to the bit to the
    /// same rows of a step of the whole.</summary>
    /// <param name="options">The model.</param>
    /// <param name="slab">The rows, two levels of them, with their halos.</param>
    /// <param name="next">Where their two levels after the step go, <c>[6, row, column]</c>.</param>
    /// <exception cref="SpecException">The parts do not fit each other.</exception>
    public static void StepRows<T>(ShallowWaterOptions options, in ShallowWaterSlab<T> slab, Span<T> next)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var scratch = ArrayPool<T>.Shared.Rent(RowSweep<T>.Scratch(slab.Columns));
        RowSweep<T>.Step(slab, next, StepFactors<T>.Of(options, 2 * options.Step.TotalSeconds), scratch);
        ArrayPool<T>.Shared.Return(scratch);
    }

    /// <exception cref="SpecException">The fields have another shape.</exception>
    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        using var placed = fields.to(_options.DType, _options.Device);
        if (_onDevice is { } equations)
            return equations.Init(placed);
        using var now = placed.Copied();
        return _options.DType == ScalarType.Float64 ? Begin<double>(now) : Begin<float>(now);
    }

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Step(Tensor state)
    {
        RequireState(state);
        if (_onDevice is { } equations)
            return equations.call(state);
        return _options.DType == ScalarType.Float64 ? Step<double>(state) : Step<float>(state);
    }

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Fields(Tensor state)
    {
        RequireState(state);
        if (_onDevice is { } equations)
            return equations.Fields(state);
        return _options.DType == ScalarType.Float64 ? Fields<double>(state) : Fields<float>(state);
    }

    public void Dispose() => _onDevice?.Dispose();

    private Tensor Step<T>(Tensor state) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var result = Tensors.Unwritten<T>([.. state.shape], out var next);
        var whole = new WholePlane<T>(_options.Plane, StepFactors<T>.Of(_options, 2 * _options.Step.TotalSeconds));
        var from = state.Elements<T>();
        var size = whole.StateSize;
        for (var start = 0; start < from.Length; start += size)
            whole.Step(from.Slice(start, size), next.Slice(start, size));
        GC.KeepAlive(state);
        return result;
    }

    private Tensor Begin<T>(Tensor fields) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var plane = _options.Plane;
        var state = Tensors.Unwritten<T>([fields.shape[0], ShallowWaterSlab<T>.Levels, plane.Rows, plane.Columns], out var levels);
        var backward = new WholePlane<T>(plane, StepFactors<T>.Of(_options, -_options.Step.TotalSeconds));
        var from = fields.Elements<T>();
        var size = backward.StateSize;
        for (var (start, given) = (0, 0); start < levels.Length; (start, given) = (start + size, given + (size / 2)))
            backward.Begin(from.Slice(given, size / 2), levels.Slice(start, size));
        GC.KeepAlive(fields);
        return state;
    }

    private Tensor Fields<T>(Tensor state) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var plane = _options.Plane;
        var fields = Tensors.Unwritten<T>([state.shape[0], 4, plane.Rows, plane.Columns], out var values);
        var from = state.Elements<T>();
        for (var member = 0; member < state.shape[0]; member++)
        {
            var now = from.Slice(member * ShallowWaterSlab<T>.Levels * plane.Size, 3 * plane.Size);
            var to = values.Slice(member * 4 * plane.Size, 4 * plane.Size);
            now.CopyTo(to);
            VorticityRows<T>.OfWhole(plane, now, to[(3 * plane.Size)..]);
        }
        GC.KeepAlive(state);
        return fields;
    }

    private void RequireState(Tensor state)
    {
        var plane = _options.Plane;
        long[] expected = [ShallowWaterSlab<double>.Levels, plane.Rows, plane.Columns];
        if (state.shape.Length != 4 || !state.shape.Skip(1).SequenceEqual(expected) || state.dtype != _options.DType)
            throw new StepException($"The shallow-water model was given {state.Layout()}; expected a state {_options.DType.Name()}[batch, "
                + $"{string.Join(", ", expected)}]. Give it a state of its own.");
    }
}

/// <summary>The plane in one piece: its own northernmost row is the halo south of its southernmost, and the other way round.</summary>
internal readonly struct WholePlane<T>(ShallowWaterPlane plane, StepFactors<T> factors) where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Halo = ShallowWaterSlab<T>.HaloFields;

    /// <summary>Elements of one member's state.</summary>
    public int StateSize => ShallowWaterSlab<T>.Levels * plane.Size;

    /// <summary>One member's step, <c>[6, row, column]</c> each; allocates nothing once the pool has its arrays.</summary>
    public void Step(ReadOnlySpan<T> levels, Span<T> next)
    {
        var (width, size) = (plane.Columns, plane.Size);
        var rented = ArrayPool<T>.Shared.Rent((2 * Halo * width) + RowSweep<T>.Scratch(width));
        var south = rented.AsSpan(0, Halo * width);
        var north = rented.AsSpan(Halo * width, Halo * width);
        for (var field = 0; field < Halo; field++)
        {
            levels.Slice((field * size) + size - width, width).CopyTo(south[(field * width)..]);
            levels.Slice(field * size, width).CopyTo(north[(field * width)..]);
        }
        var slab = new ShallowWaterSlab<T>(levels, south, north, width);
        RowSweep<T>.Step(slab, next, factors, rented.AsSpan(2 * Halo * width));
        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>Makes a state of initial fields <c>[3, row, column]</c>: they are the level now, and one step from it, whose length the
    /// factors say, is the older level.</summary>
    public void Begin(ReadOnlySpan<T> fields, Span<T> levels)
    {
        var both = new T[2 * fields.Length];
        fields.CopyTo(both);
        fields.CopyTo(both.AsSpan(fields.Length));
        var stepped = new T[both.Length];
        Step(both, stepped);
        fields.CopyTo(levels);
        stepped.AsSpan(0, fields.Length).CopyTo(levels[fields.Length..]);
    }
}

/// <summary>What the equations keep, as means over the plane on the C-grid (Sadourny 1975): mass as p (m²/s²), total energy ½ (p u² + p v²
/// + p²) in m⁴/s⁴, and potential enstrophy ½ p q², where q = (vorticity + f) / p.</summary>
/// <remarks>Mass is kept to rounding; of the others each scheme keeps one but for the error of the time step.</remarks>
public readonly record struct ShallowWaterTotals(double Mass, double Energy, double PotentialEnstrophy)
{
    /// <summary>The totals of the level now of each member of a state <c>[batch, 6, row, column]</c>.</summary>
    public static IReadOnlyList<ShallowWaterTotals> Of(Tensor state, ShallowWaterPlane plane)
    {
        using var doubles = state.to(ScalarType.Float64, CPU);
        var values = doubles.ToArray<double>();
        var size = ShallowWaterSlab<double>.Levels * plane.Size;
        return [.. Enumerable.Range(0, values.Length / size).Select(b => Of(values.AsSpan(b * size, 3 * plane.Size), plane))];
    }

    private static ShallowWaterTotals Of(ReadOnlySpan<double> now, ShallowWaterPlane plane)
    {
        var (width, rows, size) = (plane.Columns, plane.Rows, plane.Size);
        var u = now[..size];
        var v = now.Slice(size, size);
        var p = now[(2 * size)..];
        var vorticity = new double[size];
        VorticityRows<double>.OfWhole(plane, now, vorticity);
        double mass = 0, energy = 0, enstrophy = 0;
        for (var at = 0; at < size; at++)
        {
            var (j, i) = Math.DivRem(at, width);
            var (row, west) = (j * width, i == 0 ? width - 1 : i - 1);
            var south = (j == 0 ? rows - 1 : j - 1) * width;
            mass += p[at];
            var (wind, northward) = ((p[at] + p[row + west]) * u[at] * u[at], (p[at] + p[south + i]) * v[at] * v[at]);
            energy += 0.5 * ((p[at] * p[at]) + (0.5 * (wind + northward)));
            var corner = 0.25 * (p[at] + p[row + west] + p[south + i] + p[south + west]);
            enstrophy += 0.5 * (vorticity[at] + plane.Coriolis) * (vorticity[at] + plane.Coriolis) / corner;
        }
        return new ShallowWaterTotals(mass / size, energy / size, enstrophy / size);
    }
}
