using System.Buffers;
using TorchSharp;

namespace Cairn.Engine.Models.Lorenz96;

/// <summary>Lorenz's chaotic model of an atmospheric quantity in sectors of a latitude circle, with advection, damping and forcing (Lorenz
/// 1996, "Predictability: a problem partly solved", ECMWF Seminar on Predictability, vol. I, 1-18), by the classical Runge-Kutta scheme of
/// fourth order.</summary>
/// <remarks>Fields are <c>x</c> on a grid of one latitude and as many longitudes as there are variables; a state is <c>[batch,
/// variable]</c>. The arithmetic is C#, on the CPU; a member's bits depend neither on its batch nor on how the circle is cut.</remarks>
public sealed class Lorenz96Model : ICuttableModel
{
    private readonly Lorenz96Options _options;
    private readonly Lorenz96Equation? _onDevice;

    /// <exception cref="SpecException">An option is out of its range.</exception>
    public Lorenz96Model(Lorenz96Options options)
    {
        options.Check();
        _options = options;
        _onDevice = options.Device.IsCuda() ? new Lorenz96Equation(options) : null;
        var grid = options.Grid ?? Lorenz96Options.Circle(options.Size);
        Description = new ModelDescription(
            "lorenz96", ["x"], ["x"], grid, grid, options.Step, options.DType, options.Device, DependsOnBatch: false,
            options.Bounds, ["lorenz96: classical Runge-Kutta, weights 1 2 2 1, version 1"]);
    }

    public ModelDescription Description { get; }

    /// <summary>Half as many as there are variables: a rank's last two drive the first of the next rank.</summary>
    public int MostRanks => _options.Size / Lorenz96Step<double>.Below;

    /// <remarks>The circle is cut into arcs: a state along its only axis, a field along its only row.</remarks>
    public IRankModel Cut(ICommunicator ranks)
    {
        DomainCut.RequireRanks(this, ranks.Size);
        DomainCut.RequireHost(this);
        return _options.DType == ScalarType.Float64
            ? new Lorenz96Rank<double>(_options, Description, ranks)
            : new Lorenz96Rank<float>(_options, Description, ranks);
    }

    /// <exception cref="SpecException">The fields have another shape.</exception>
    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        using var placed = fields.to(_options.DType, _options.Device);
        return placed.reshape(fields.shape[0], _options.Size);
    }

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Step(Tensor state)
    {
        RequireState(state);
        if (_onDevice is { } equation)
            return equation.call(state);
        return _options.DType == ScalarType.Float64 ? Step<double>(state) : Step<float>(state);
    }

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Fields(Tensor state)
    {
        RequireState(state);
        return state.reshape(state.shape[0], 1, 1, _options.Size);
    }

    public void Dispose() => _onDevice?.Dispose();

    private unsafe Tensor Step<T>(Tensor state) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (members, size) = ((int)state.shape[0], _options.Size);
        var step = new Lorenz96Step<T>(size, _options.Forcing, _options.Step / Lorenz96Options.TimeUnit);
        var next = Tensors.Unwritten<T>([members, size], out var after);
        var scratch = ArrayPool<T>.Shared.Rent(Lorenz96Step<T>.Scratch(size));
        fixed (T* from = state.Elements<T>(), to = after, own = scratch)
        {
            for (var member = 0; member < members; member++)
                step.Advance(from + ((long)member * size), to + ((long)member * size), own);
        }
        ArrayPool<T>.Shared.Return(scratch);
        GC.KeepAlive(state);
        return next;
    }

    private void RequireState(Tensor state)
    {
        if (state.shape.Length != 2 || state.shape[1] != _options.Size || state.dtype != _options.DType)
            throw new StepException($"The lorenz96 model was given {state.Layout()}; expected a state {_options.DType.Name()}[batch, "
                + $"{_options.Size}]. Give it a state of its own.");
    }
}

/// <summary>The step of <see cref="Lorenz96Step{T}"/> as operations on tensors, for devices where that kernel cannot run: the same
/// operations in the same order, so that on the CPU it gives the same bits.</summary>
internal sealed class Lorenz96Equation(Lorenz96Options options) : nn.Module<Tensor, Tensor>(nameof(Lorenz96Equation))
{
    private readonly double _step = options.Step / Lorenz96Options.TimeUnit;

    /// <summary>One step of a state [b, variable].</summary>
    public override Tensor forward(Tensor x)
    {
        using var stages = NewDisposeScope();
        var k1 = Tendency(x);
        var k2 = Tendency(x.Plus(k1.Times(_step / 2)));
        var k3 = Tendency(x.Plus(k2.Times(_step / 2)));
        var k4 = Tendency(x.Plus(k3.Times(_step)));
        var sum = k1.Plus(k2.Times(2)).Plus(k3.Times(2)).Plus(k4);
        return x.Plus(sum.Times(_step / 6)).MoveToOuterDisposeScope();
    }

    /// <summary>(x(i+1) - x(i-2)) x(i-1) - x(i) + F, around a circle.</summary>
    private Tensor Tendency(Tensor x) => (((x.roll(-1, -1) - x.roll(2, -1)) * x.roll(1, -1)) - x).Plus(options.Forcing);
}
