namespace Cairn.Engine.Models;

/// <summary>The forecast that nothing changes: the yardstick that every other forecast has to beat, and the simplest model there
/// is.</summary>
/// <param name="variables">Variables of fields and state, in the order of their axis.</param>
public sealed class PersistenceModel(
    IReadOnlyList<string> variables, LatLonGrid grid, TimeSpan step, ScalarType dtype, Device device,
    IReadOnlyDictionary<string, FieldBounds>? bounds = null) : ICuttableModel
{
    public ModelDescription Description { get; } = new(
        "persistence", variables, variables, grid, grid, step, dtype, device, DependsOnBatch: false,
        bounds ?? new Dictionary<string, FieldBounds>(), NumericsInputs: []);

    /// <summary>As many as there are rows.</summary>
    public int MostRanks => Description.OutputGrid.Latitudes.Count;

    /// <remarks>State and fields are cut into whole rows.</remarks>
    public IRankModel Cut(ICommunicator ranks)
    {
        DomainCut.RequireRanks(this, ranks.Size);
        var (rows, columns) = (Description.OutputGrid.Latitudes.Count, Description.OutputGrid.Longitudes.Count);
        return new PersistenceRank(
            Description,
            DomainSlice.Part([Description.OutputVariables.Count, rows, columns], axis: 1, ranks.Rank, ranks.Size),
            DomainSlice.Part([rows, columns], axis: 0, ranks.Rank, ranks.Size));
    }

    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        return fields.to(Description.DType, Description.Device);
    }

    // Tensors never change, so that the next state may be the same memory under a handle of its own.
    public Tensor Step(Tensor state) => state.to(state.device);

    public Tensor Fields(Tensor state) => state.to(state.device);
    public void Dispose() { }
}

/// <summary>The state never changes: the reference forecast, and the cheapest way to try a run's plumbing.</summary>
internal sealed class PersistenceKind() : ModelKind("persistence", "the state never changes")
{
    public override bool TakesSeveralTimes => true;
    public override string DType => "float32";
    public override bool CanBeCut => true;
    public override object? Read(SettingReader reader, InitialSpec initial) => null;
    public override IReadOnlyList<string> Outputs(ModelSpec model, InitialSpec initial) => initial.VariableNames;

    public override IPrognosticModel Create(ModelRequest request) => new PersistenceModel(
        request.Initial.Variables, request.Initial.Grid, request.Spec.Step, request.DType, request.Device, request.Bounds);
}

/// <summary>Some rows of the fields that stay as they are.</summary>
internal sealed class PersistenceRank(ModelDescription whole, DomainSlice stateSlice, DomainSlice rows) : IRankModel
{
    public ModelDescription Description => whole;
    public DomainSlice StateSlice => stateSlice;
    public DomainSlice FieldSlice => rows;

    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(whole, fields);
        using var own = fields.narrow(2, rows.Offset[0], rows.Shape[0]);
        using var placed = own.to(whole.DType, whole.Device);
        return placed.Copied();
    }

    public Tensor Step(Tensor state) => state.to(state.device);
    public Tensor Fields(Tensor state) => state.to(state.device);
    public void Dispose() { }
}
