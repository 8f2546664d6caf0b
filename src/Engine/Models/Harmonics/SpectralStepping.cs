using TorchSharp;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>What the spectral models share around their equations: shapes, errors, and whether members depend on their batch.</summary>
/// <remarks>On the CPU each member's sums are products of one size (<see cref="LegendreSums"/>), so that it should round alike in any
/// batch; whether it does is tried, since a library's FFT may choose its way by the number of transforms and nothing in its interface
/// tells. On a GPU the answer is taken to be no: kernels are chosen by size there.</remarks>
/// <param name="model">The model's kind, for messages.</param>
/// <param name="equations">A module whose call is one step of a state; disposed with this.</param>
/// <param name="fields">What makes fields of a state.</param>
/// <param name="stateShape">Extents of one member's state.</param>
/// <param name="stateAxes">Their names, for messages.</param>
/// <param name="membersApart">Whether members are stepped one after the other.</param>
internal sealed class SpectralStepping(
    string model, nn.Module<Tensor, Tensor> equations, Func<Tensor, Tensor> fields, long[] stateShape, string stateAxes, bool membersApart)
    : IDisposable
{
    /// <summary>Even, odd and not a multiple of a vector's length.</summary>
    private static readonly int[] ProbedSizes = [2, 5];

    /// <summary>Whether a member's bits may depend on its batch.</summary>
    internal bool DependsOnBatch(ScalarType dtype, Device device) =>
        !membersApart && (device.IsCuda() || ProbedSizes.Any(size => Differs(size, dtype)));

    internal Tensor Step(Tensor state)
    {
        RequireState(state);
        return membersApart && state.size(0) > 1 ? Apart("step", equations.call, state) : Call("step", equations.call, state);
    }

    internal Tensor Fields(Tensor state)
    {
        RequireState(state);
        return Call("fields", fields, state);
    }

    internal Tensor Call(string what, Func<Tensor, Tensor> function, Tensor argument)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            return function(argument).MoveToOuterDisposeScope();
        }
        catch (ExternalException e)
        {
            var failure = TorchException.Of(e);
            throw new StepException($"The {model} model's {what} failed on {argument.Layout()}: {failure.Message}", failure);
        }
    }

    internal void RequireShape(Tensor tensor, ReadOnlySpan<long> expected, string what)
    {
        if (tensor.ndim != expected.Length + 1 || !tensor.shape.AsSpan(1).SequenceEqual(expected))
            throw new StepException($"The {model} model was given {tensor.Layout()}; expected {what}: "
                + $"[batch, {string.Join(", ", expected.ToArray())}]. Give it fields or a state of its own grid and truncation.");
    }

    internal void RequireState(Tensor state) => RequireShape(state, stateShape, $"a state [batch, {stateAxes}]");
    public void Dispose() => equations.Dispose();

    private Tensor Apart(string what, Func<Tensor, Tensor> function, Tensor state)
    {
        using var scope = NewDisposeScope();
        return cat([.. state.split(1).Select(member => Call(what, function, member))]).MoveToOuterDisposeScope();
    }

    private bool Differs(string what, Func<Tensor, Tensor> function, Tensor state) =>
        !Call(what, function, state).HasBitsOf(Apart(what, function, state));

    private bool Differs(int size, ScalarType dtype)
    {
        // Numbers without a pattern and of a vorticity's size; any will do, as long as they are always the same.
        using var scope = NewDisposeScope();
        var length = size * stateShape.Aggregate(1L, (a, b) => a * b);
        double[] values = [.. Enumerable.Range(0, (int)length).Select(i => 1e-5 * Math.Sin(1e-3 * i * (double)i))];
        var state = Tensors.From(values, [size, .. stateShape]).to(dtype);
        return Differs("step", equations.call, state) || Differs("fields", fields, state);
    }
}

/// <summary>The classical Runge-Kutta scheme of fourth order, followed by damping that is solved exactly.</summary>
internal static class RungeKutta
{
    /// <summary>How far along the imaginary axis the scheme is stable, 2 √2, less a little: radians that a wave may turn by in a
    /// step.</summary>
    internal const double StableReach = 2.8;

    internal static Tensor Step(Tensor x, double seconds, Func<Tensor, Tensor> tendency, Tensor damping)
    {
        using var stages = NewDisposeScope();
        var k1 = tendency(x);
        var k2 = tendency(x.Plus(k1, seconds / 2));
        var k3 = tendency(x.Plus(k2, seconds / 2));
        var k4 = tendency(x.Plus(k3, seconds));
        var sum = k1.Plus(k2.Plus(k3), 2).Plus(k4);
        return (damping * x.Plus(sum, seconds / 6)).MoveToOuterDisposeScope();
    }
}
