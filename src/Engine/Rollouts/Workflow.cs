using Cairn.Engine.Earth2Studio;

namespace Cairn.Engine.Rollouts;

/// <summary>What the library workflows share: a model, where it begins, where its fields go, and the boundaries.</summary>
/// <param name="model">The model; it outlives the workflow.</param>
/// <param name="initial">The initial condition, on the model's input grid.</param>
/// <param name="store">Where fields go; its variables are those that are written.</param>
/// <param name="schedule">The boundaries; the store has a place for each output.</param>
public abstract class Workflow(IPrognosticModel model, InitialCondition initial, IFieldStore store, BoundarySchedule schedule)
{
    private const int ChunksInFlight = 64;

    /// <summary>The run's seed, which the draws of a stochastic model depend on.</summary>
    public ulong Seed { get; init; }

    /// <summary>Receives what happens, and the warnings of the checkpoint; by default warnings go to standard error, and nothing else is
    /// reported.</summary>
    public IRunObserver Observer { get; init; } = new WarningsOnStandardError();

    private protected IPrognosticModel Model { get; } = model;
    private protected InitialCondition Initial { get; } = initial;
    private protected IFieldStore Store { get; } = store;
    private protected BoundarySchedule Schedule { get; } = schedule;
    private OutputPlan Output { get; } = OutputPlan.Whole(model.Description, [.. store.Layout.Variables.Select(v => v.Name)]);

    /// <summary>Runs to the end, or to the next boundary after <paramref name="stop"/>. Returns whether the end was reached.</summary>
    /// <param name="checkpoint">The catalog to write and to resume from, or null to run without.</param>
    /// <param name="stop">Asks to stop at a boundary.</param>
    public bool Run(Checkpoint? checkpoint = null, CancellationToken stop = default)
    {
        if (checkpoint is null)
            return RunIn(null, stop);
        checkpoint.Warned += Report;
        try
        {
            using var session = checkpoint.Open();
            return RunIn(session, stop);
        }
        finally
        {
            checkpoint.Warned -= Report;
        }
    }

    /// <summary>The same with a session: of a row that was selected, or one that is open.</summary>
    /// <param name="session">The session; it is entered here and left again.</param>
    /// <param name="stop">Asks to stop at a boundary.</param>
    /// <exception cref="SpecException">Another session of its checkpoint is open.</exception>
    public bool Run(CheckpointSession session, CancellationToken stop = default)
    {
        foreach (var warning in session.Skipped)
            Report(warning);
        using var entered = session.Enter();
        return Run(session.Checkpoint, stop);
    }

    /// <summary>Runs in a session that is open, or without one.</summary>
    private protected abstract bool RunIn(CheckpointSession? session, CancellationToken stop);

    /// <summary>Binds the rollouts' states, and Earth2Studio's own beside them where the model is one of its; also tells why what that one
    /// saved can't be read, if so.</summary>
    private protected (RolloutBinding Bound, string? Unread) Bind(CheckpointSession? session, int first)
    {
        var own = new RolloutState();
        var bound = RolloutBinding.To(session, own);
        if (OriginalForecast.To(session, Model) is not { } original)
            return (bound, null);
        if (own.Members.Count == 0 && original.IsThere)
            RequireWholeChunks(session!);
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

    /// <summary>The checkpoint has written its warnings to standard error already.</summary>
    private void Report(CheckpointWarning warning)
    {
        if (Observer is not WarningsOnStandardError)
            Observer.On(new RunWarning(warning.ToString()));
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

/// <summary>Where the library workflows go on from a restored row.</summary>
internal static class LibraryResume
{
    /// <summary>The boundary of a restored row by its lead time, or null when it has none.</summary>
    public static int? Boundary(CheckpointSession session, BoundarySchedule schedule)
    {
        if (session.LeadTime is not { } leadTime)
            return null;
        var boundary = schedule.BoundaryAt(leadTime);
        return boundary <= schedule.Last ? boundary : throw new SpecException(
            $"The catalog {session.Checkpoint.RankPath} is at lead time {LeadTimeText.Of(leadTime)}, where this schedule (every "
            + $"{LeadTimeText.Of(schedule.Every)}, to {LeadTimeText.Of(schedule.LeadTime(schedule.Last))}) has no boundary. "
            + "Use the schedule that it was written with, or another path.");
    }

    /// <summary>The boundary after which a batch continues, or null if it starts over; if a row cannot be resumed, the reason is
    /// reported.</summary>
    public static int? From(
        CheckpointSession? session, BoundarySchedule schedule, IMemberStates states, MemberRange batch, string? unread,
        IRunObserver observer)
    {
        if (session is not { Exists: true })
            return null;
        var boundary = Boundary(session, schedule);
        if ((boundary is null ? $"session {session.CommitId} records no lead time" : WhyNot(session, states, batch, unread)) is { } why)
        {
            observer.On(new RunWarning($"{why}: restarting from lead time zero ({batch})") { Batch = batch });
            return null;
        }
        return boundary;
    }

    private static string? WhyNot(CheckpointSession session, IMemberStates states, MemberRange batch, string? unread)
    {
        var level = session.Checkpoint.Options.Level;
        if (level < 2)
            return $"the checkpoint's level is {level}, which keeps no model state";
        List<int> missing = [.. batch.Members.Where(member => !states.Holds(member))];
        var held = session.Row?.StateIds ?? [];
        return missing.Count == 0 ? null
            : unread is not null ? $"session {session.CommitId} cannot be resumed: {unread}"
            : held.Contains(RolloutState.Id, StringComparer.Ordinal)
                ? $"session {session.CommitId} holds no state of member {string.Join(", ", missing)}, which was in another batch"
                : $"session {session.CommitId} holds no model state that this model reads "
                    + $"({(held.Count == 0 ? "it holds none at all" : "it holds " + string.Join(", ", held))})";
    }
}

/// <summary>Writes warnings, and nothing else, to standard error: the default of the library workflows.</summary>
internal sealed class WarningsOnStandardError : IRunObserver
{
    public void On(RunEvent runEvent)
    {
        if (runEvent is RunWarning warning)
            Console.Error.WriteLine($"cairn: warning: {warning.Text}");
    }
}
