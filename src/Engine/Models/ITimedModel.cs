using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models;

/// <summary>
/// A model whose step depends on when it is taken, such as one that weather drives. The state alone does not tell; the lead time at which
/// it stands does, so that a step is still a function of its arguments, after any restart.
/// </summary>
public interface ITimedModel : IPrognosticModel
{
    /// <summary>
    /// Whether something drives it at the times of the run, from lead time zero on. Without, only the time since the state was made counts,
    /// and it can be stepped from fields of any time.
    /// </summary>
    bool IsDriven => true;

    /// <summary>Advances a state that stands at a lead time by <see cref="ModelDescription.Step"/>.</summary>
    Tensor Step(Tensor state, TimeSpan leadTime);

    /// <summary>Checks beforehand that it can be stepped from lead time zero to another.</summary>
    /// <exception cref="DataException">What drives it does not reach so far.</exception>
    void RequireSteps(TimeSpan last);
}

/// <summary>Steps of any model, for those who know the lead time.</summary>
public static class TimedSteps
{
    /// <summary>Advances a state that stands at a lead time.</summary>
    public static Tensor Step(this IPrognosticModel model, Tensor state, TimeSpan leadTime)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model is ITimedModel timed ? timed.Step(state, leadTime) : model.Step(state);
    }

    /// <summary>What a timed model answers to a step without a lead time.</summary>
    internal static StepException Untold(string kind) => new(
        $"The {kind} model was to step a state without being told its lead time, on which the step depends; expected a step that tells "
        + "it.");
}
