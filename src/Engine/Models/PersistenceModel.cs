using Cairn.Engine.Torch;

namespace Cairn.Engine.Models;

/// <summary>
/// The forecast that nothing changes: the yardstick that every other forecast has to beat, and the simplest model there is.
/// </summary>
public sealed class PersistenceModel : IPrognosticModel
{
    /// <param name="variables">Variables of fields and state, in the order of their axis.</param>
    public PersistenceModel(
        IReadOnlyList<string> variables, LatLonGrid grid, TimeSpan step, TorchDType dtype, TorchDevice device,
        IReadOnlyDictionary<string, FieldBounds>? bounds = null)
    {
        Description = new ModelDescription(
            "persistence", variables, variables, grid, grid, step, dtype, device, DependsOnBatch: false,
            bounds ?? new Dictionary<string, FieldBounds>(), NumericsInputs: []);
    }

    public ModelDescription Description { get; }

    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        return fields.To(Description.Device, Description.DType);
    }

    // Tensors never change, so that the next state may be the same memory under a handle of its own.
    public Tensor Step(Tensor state) => state.To(state.Device);

    public Tensor Fields(Tensor state) => state.To(state.Device);

    public void Dispose()
    {
    }
}
