namespace Cairn.Engine.Models;

/// <summary>A model that steps a batch of members. State and fields have the member axis first, and member <c>i</c> of a result depends on
/// member <c>i</c> of the argument alone.</summary>
/// <remarks>Arguments are never modified and never kept; every returned tensor is new, and the caller disposes it. A step runs in a dispose
/// scope: what it makes and does not return goes with it; a tensor that is made in a step and kept for the next is detached from the scope
/// (<c>DetachFromDisposeScope</c>). One model serves all batches of a process, which call it from several threads at once. Failures of the
/// model's own code are <see cref="StepException"/>.</remarks>
public interface IPrognosticModel : IDisposable
{
    ModelDescription Description { get; }

    /// <summary>Makes a state from fields of shape <c>[batch, input variable, latitude, longitude]</c>; the state has shape <c>[batch,
    /// ...]</c>.</summary>
    Tensor Initialize(Tensor fields);

    /// <summary>Advances a state by <see cref="ModelDescription.Step"/>, keeping its shape, element type and device.</summary>
    Tensor Step(Tensor state);

    /// <summary>The output fields of a state: <c>[batch, output variable, latitude, longitude]</c>.</summary>
    Tensor Fields(Tensor state);
}

/// <summary>A model whose step depends on when it is taken, such as one that weather drives. The state alone does not tell; the lead time
/// at which it stands does, so that a step is still a function of its arguments, after any restart.</summary>
public interface ITimedModel : IPrognosticModel
{
    /// <summary>Whether something drives it at the times of the run, from lead time zero on. Without, only the time since the state was
    /// made counts, and it can be stepped from fields of any time.</summary>
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
    public static Tensor Step(this IPrognosticModel model, Tensor state, TimeSpan leadTime) =>
        model is ITimedModel timed ? timed.Step(state, leadTime) : model.Step(state);

    /// <summary>What a timed model answers to a step without a lead time.</summary>
    internal static StepException LeadTimeMissing(string kind) => new(
        $"The {kind} model was to step a state without being told its lead time, on which the step depends; expected a step that tells "
        + "it.");
}

/// <summary>A model whose calls cost something by themselves, and which takes several steps by one.</summary>
internal interface IStretchModel : ITimedModel
{
    /// <summary>Advances a state that stands at a lead time by several steps, to the bits that as many single ones give.</summary>
    Tensor Steps(Tensor state, TimeSpan leadTime, int count);
}

/// <summary>A model that depends on the time of its initial condition.</summary>
public interface IDatedModel : IPrognosticModel
{
    /// <summary>The same model from another initial time. It uses this one, which has to outlive it, and owns nothing.</summary>
    IPrognosticModel From(CfTime initial);
}

/// <summary>Models of runs of several initial times.</summary>
internal static class DatedModels
{
    /// <summary>A model from an initial time: itself, unless it depends on the time. The result is the model's own, which has to outlive
    /// it.</summary>
    public static IPrognosticModel At(this IPrognosticModel model, CfTime initial) => model switch
    {
        IDatedModel dated => dated.From(initial),
        DiagnosedModel { Prognostic: IDatedModel dated } diagnosed =>
            new DiagnosedModel(dated.From(initial), diagnosed.Diagnostics, leaveOpen: true),
        _ => model,
    };
}

/// <summary>A model that steps members apart and wants to know which they are: its draws are seeded by run, member and step, so that
/// neither a restart nor the cut of the ensemble shows.</summary>
public interface IMemberModel : ITimedModel
{
    /// <summary>The same model for members that are stepped together. It uses this one, which has to outlive it, and owns
    /// nothing.</summary>
    IPrognosticModel For(SteppedMembers members);
}

/// <summary>The members along the first axis of a batch.</summary>
/// <param name="RunSeed">The run's seed.</param>
/// <param name="Members">Their numbers in the ensemble.</param>
/// <param name="DrawOf">How many times a member started over after a failure.</param>
/// <param name="Over">Is cancelled when nobody waits for a step any longer.</param>
public sealed record SteppedMembers(
    ulong RunSeed, IReadOnlyList<int> Members, Func<int, int> DrawOf, CancellationToken Over = default);
