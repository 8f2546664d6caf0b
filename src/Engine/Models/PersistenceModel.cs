using Cairn.Engine.Ranks;
using Cairn.Engine.Torch;
using Cairn.Storage.State;
using static TorchSharp.torch;

namespace Cairn.Engine.Models;

/// <summary>
/// The forecast that nothing changes: the yardstick that every other forecast has to beat, and the simplest model there is.
/// </summary>
public sealed class PersistenceModel : ICuttableModel
{
    /// <param name="variables">Variables of fields and state, in the order of their axis.</param>
    public PersistenceModel(
        IReadOnlyList<string> variables, LatLonGrid grid, TimeSpan step, ScalarType dtype, Device device,
        IReadOnlyDictionary<string, FieldBounds>? bounds = null)
    {
        Description = new ModelDescription(
            "persistence", variables, variables, grid, grid, step, dtype, device, DependsOnBatch: false,
            bounds ?? new Dictionary<string, FieldBounds>(), NumericsInputs: []);
    }

    public ModelDescription Description { get; }

    /// <summary>As many as there are rows.</summary>
    public int MostRanks => Description.OutputGrid.Latitudes.Count;

    /// <inheritdoc/>
    /// <remarks>State and fields are cut into whole rows.</remarks>
    public IRankModel Cut(ICommunicator ranks)
    {
        ArgumentNullException.ThrowIfNull(ranks);
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

    public void Dispose()
    {
    }
}
