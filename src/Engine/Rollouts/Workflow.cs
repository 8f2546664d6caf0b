using Cairn.Engine.Models;
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

    /// <summary>Is told what happens.</summary>
    public IRunObserver Observer { get; init; } = new RunObservers();

    private protected IPrognosticModel Model { get; }

    private protected InitialCondition Initial { get; }

    private protected IFieldStore Store { get; }

    private protected BoundarySchedule Schedule { get; }

    private OutputPlan Output { get; }

    /// <summary>Runs to the end, or to the next boundary after <paramref name="stop"/>. Returns whether the end was reached.</summary>
    /// <param name="checkpoint">The catalog to write and to resume from, or null to run without.</param>
    /// <param name="stop">Asks to stop at a boundary.</param>
    public abstract bool Run(Checkpoint? checkpoint = null, CancellationToken stop = default);

    private protected FieldWriter NewWriter(string name) => new(Store, ChunksInFlight, name);

    private protected BatchRollout NewRollout(
        MemberRange batch, RolloutBinding bound, FieldWriter writer, Func<int, IReadOnlyDictionary<string, object?>> metadata,
        CancellationToken stop)
    {
        var grid = Model.Description.OutputGrid;
        var gather = new FieldGather(
            new SoloCommunicator(), DomainSlice.Whole([grid.Latitudes.Count, grid.Longitudes.Count]), batch.Count,
            Model.Description.OutputVariables.Count);
        var link = new PlainLink(Schedule, e => Observer.On(e with { Batch = batch }), null, stop);
        return new(new BatchRolloutParts(Model, batch, [.. batch.Members], Schedule, Output, bound, writer, gather, metadata, link));
    }
}
