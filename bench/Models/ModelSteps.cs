using Cairn.Engine.Models;
using static TorchSharp.torch;

namespace Cairn.Bench.Models;

/// <summary>The steps of a model as a rollout takes them: each state goes once the next is there.</summary>
internal static class ModelSteps
{
    /// <summary>Takes steps.</summary>
    /// <param name="model">The model.</param>
    /// <param name="state">Where it begins; the last state when it returns.</param>
    /// <param name="steps">How many.</param>
    public static void Take(IPrognosticModel model, ref Tensor state, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            var next = model.Step(state, step * model.Description.Step);
            state.Dispose();
            state = next;
        }
    }

    /// <summary>Milliseconds that a step takes.</summary>
    /// <inheritdoc cref="Take"/>
    public static double Milliseconds(IPrognosticModel model, ref Tensor state, int steps)
    {
        var started = TimeProvider.System.GetTimestamp();
        Take(model, ref state, steps);
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps;
    }
}
