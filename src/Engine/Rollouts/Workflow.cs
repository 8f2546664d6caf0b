using Cairn.Engine.Earth2Studio;
using Cairn.Engine.Models;
using Cairn.Engine.Models.Diagnostics;
using Cairn.Engine.Ranks;
using Cairn.Engine.Sources;
using Cairn.Storage.Catalog;
using Cairn.Storage.Fields;
using Cairn.Storage.State;

namespace Cairn.Engine.Rollouts;

/// <summary>What the library workflows share: a model, where it begins, where its fields go, and the boundaries.</summary>
public abstract class Workflow
{
    private const int ChunksInFlight = 64;

    /// <param name="model">The model; it outlives the workflow.</param>
    /// <param name="initial">The initial condition, on the model's input grid.</param>
    /// <param name="store">Where fields go; its variables are those that are written.</param>
    /// <param name="schedule">The boundaries; the store has a place for each output.</param>
    protected Workflow(IPrognosticModel model, InitialCondition initial, IFieldStore store, BoundarySchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(store);
        Model = model;
        Initial = initial;
        Store = store;
        Schedule = schedule;
        Output = OutputPlan.Whole(model.Description, [.. store.Layout.Variables.Select(v => v.Name)]);
    }

    /// <summary>The run's seed, which the draws of a stochastic model depend on.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Receives what happens, and the warnings of the checkpoint; by default warnings go to standard error, and nothing else is reported.
    /// </summary>
    public IRunObserver Observer { get; init; } = new WarningsOnStandardError();

    private protected IPrognosticModel Model { get; }

    private protected InitialCondition Initial { get; }

    private protected IFieldStore Store { get; }

    private protected BoundarySchedule Schedule { get; }

    private OutputPlan Output { get; }

    /// <summary>Runs to the end, or to the next boundary after <paramref name="stop"/>. Returns whether the end was reached.</summary>
    /// <param name="checkpoint">The catalog to write and to resume from, or null to run without.</param>
    /// <param name="stop">Asks to stop at a boundary.</param>
    public bool Run(Checkpoint? checkpoint = null, CancellationToken stop = default)
    {
        if (checkpoint is null)
        {
            return RunIn(null, stop);
        }

        checkpoint.Warned += Hear;
        try
        {
            using var session = checkpoint.Open();
            return RunIn(session, stop);
        }
        finally
        {
            checkpoint.Warned -= Hear;
        }
    }

    /// <summary>The same with a session: of a row that was selected, or one that is open.</summary>
    /// <param name="session">The session; it is entered here and left again.</param>
    /// <param name="stop">Asks to stop at a boundary.</param>
    /// <exception cref="SpecException">Another session of its checkpoint is open.</exception>
    public bool Run(CheckpointSession session, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        foreach (var warning in session.Skipped)
        {
            Hear(warning);
        }

        using var entered = session.Enter();
        return Run(session.Checkpoint, stop);
    }

    /// <summary>Runs in a session that is open, or without one.</summary>
    private protected abstract bool RunIn(CheckpointSession? session, CancellationToken stop);

    /// <summary>
    /// Binds the rollouts' states, and Earth2Studio's own beside them where the model is one of its; also tells why what that one saved
    /// can't be read, if so.
    /// </summary>
    /// <param name="session">The session, or null.</param>
    /// <param name="first">The first member of the batch that a restored row stands in.</param>
    private protected (RolloutBinding Bound, string? Unread) Bind(CheckpointSession? session, int first)
    {
        var own = new RolloutState();
        var bound = RolloutBinding.To(session, own);
        if (OriginalForecast.To(session, Model) is not { } original)
        {
            return (bound, null);
        }

        if (own.Members.Count == 0 && original.IsThere)
        {
            RequireWholeChunks(session!);
        }

        return (bound with { Besides = original.Keep }, own.Members.Count > 0 ? null : original.Restore(own, first));
    }

    /// <summary>Earth2Studio keeps nothing of the fields that a chunk still waits for, and they cannot be computed again.</summary>
    private void RequireWholeChunks(CheckpointSession session)
    {
        if (session.LeadTime is { } at && Schedule.BoundaryAt(at) is { } boundary && boundary < Schedule.Last
            && Store.Layout.Variables.Count > 0 && Schedule.OpenChunk(boundary).Count is > 0 and var missing)
        {
            throw new SpecException($"Session {session.CommitId} of {session.Checkpoint.RankPath} was written by Earth2Studio, which "
                + $"keeps no fields, and is at lead time {LeadTimeText.Of(at)}, where the incomplete chunk already has {missing} of "
                + $"{Schedule.LeadTimesPerFile} lead times. Use chunks that end there (of one lead time they always do), or select a row "
                + "at the end of a chunk; nothing was written.");
        }
    }

    /// <summary>What the checkpoint has told on standard error is not told there again.</summary>
    private void Hear(CheckpointWarning warning)
    {
        if (Observer is not WarningsOnStandardError)
        {
            Observer.On(new RunWarning(warning.ToString()));
        }
    }

    private protected FieldWriter NewWriter(string name) => new(Store, ChunksInFlight, name);

    private protected BatchStepLoop NewRollout(
        MemberRange batch, RolloutBinding bound, FieldWriter writer, Func<int, IReadOnlyDictionary<string, object?>> metadata,
        CancellationToken stop)
    {
        var grid = Model.Description.OutputGrid;
        var gather = new FieldGather(
            new SoloCommunicator(), DomainSlice.Whole([grid.Latitudes.Count, grid.Longitudes.Count]), batch.Count,
            Model.Description.OutputVariables.Count);
        var control = new SoloControl(Schedule, e => Observer.On(e with { Batch = batch }), null, stop);
        IReadOnlyList<int> members = [.. batch.Members];
        var model = DiagnosedModel.For(Model, new SteppedMembers(Seed, members, _ => 0));
        return new(new BatchStepLoopParts(model, batch, members, Schedule, Output, bound, writer, gather, metadata, control)
        {
            Seeds = Model.Description.IsStochastic ? new SeededSteps(Seed, members, _ => 0) : null,
        });
    }
}
