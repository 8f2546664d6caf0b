using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>The classical Runge-Kutta scheme of fourth order, followed by damping that is solved exactly.</summary>
internal static class RungeKutta
{
    /// <summary>
    /// How far along the imaginary axis the scheme is stable, 2 √2, less a little: radians that a wave may turn by in a step.
    /// </summary>
    internal const double StableReach = 2.8;

    /// <param name="x">A state.</param>
    /// <param name="seconds">Length of the step.</param>
    /// <param name="tendency">What changes a state, by the second.</param>
    /// <param name="damping">What is left of each coefficient after a step.</param>
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
