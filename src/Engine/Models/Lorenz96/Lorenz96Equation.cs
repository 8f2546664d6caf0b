using Cairn.Engine.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Lorenz96;

/// <summary>
/// The step of <see cref="Lorenz96Step{T}"/> as operations on tensors, for devices where that kernel cannot run: the same operations in the
/// same order, so that on the CPU it gives the same bits.
/// </summary>
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
