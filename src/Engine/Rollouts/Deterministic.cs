using Cairn.Engine.Models;
using Cairn.Engine.Sources;
using Cairn.Storage.Catalog;
using Cairn.Storage.Fields;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// The deterministic workflow as a library: one rollout from an unperturbed initial condition, in this thread, with a catalog as
/// Earth2Studio's <c>run.deterministic</c> keeps it: each row records the lead time.
/// </summary>
public sealed class Deterministic
{
    private const int ChunksInFlight = 64;
    private static readonly MemberRange Only = new(0, 0);

    private readonly IPrognosticModel _model;
    private readonly InitialCondition _initial;
    private readonly IFieldStore _store;
    private readonly BoundarySchedule _schedule;
    private readonly OutputPlan _output;

    /// <inheritdoc cref="Ensemble(IPrognosticModel, InitialCondition, IFieldStore, BoundarySchedule)"/>
    public Deterministic(IPrognosticModel model, InitialCondition initial, IFieldStore store, BoundarySchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(store);
        _model = model;
        _initial = initial;
        _store = store;
        _schedule = schedule;
        _output = OutputPlan.Whole(model.Description, [.. store.Layout.Variables.Select(v => v.Name)]);
    }

    /// <summary>Is told what happens.</summary>
    public IRunObserver Observer { get; init; } = new RunObservers();

    /// <inheritdoc cref="Ensemble.Run"/>
    public bool Run(Checkpoint? checkpoint = null, CancellationToken stop = default)
    {
        using var session = checkpoint?.Open();
        var bound = RolloutBinding.To(session);
        if (session is not null)
        {
            session.Committed += row => _store.SetCommitted([Only.First], row.LeadTime ?? TimeSpan.Zero);
        }

        using var writer = new FieldWriter(_store, ChunksInFlight, "fields");
        using var rollout = new BatchRollout(new BatchRolloutParts(
            _model, Only, _schedule, _output, bound, writer,
            boundary => new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["lead_time"] = LeadTimeText.ToNumpy(_schedule.LeadTime(boundary)),
            },
            Observer.On));
        if (session is { Exists: true } && LibraryResume.Boundary(session, _schedule) is { } boundary
            && LibraryResume.MayGoOn(session, Observer))
        {
            rollout.Resume(boundary);
        }
        else
        {
            if (session is not null)
            {
                session.WriteCount = 0;
            }

            using var fields = _initial.ToBatch(1, _model.Description);
            rollout.Begin(fields);
        }

        return rollout.Run(stop);
    }
}
