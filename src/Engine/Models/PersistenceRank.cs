using Cairn.Engine.Torch;
using Cairn.Storage.State;

namespace Cairn.Engine.Models;

/// <summary>Some rows of the fields that stay as they are.</summary>
internal sealed class PersistenceRank(ModelDescription whole, DomainSlice stateSlice, DomainSlice rows) : IRankModel
{
    public ModelDescription Description => whole;

    public DomainSlice StateSlice => stateSlice;

    public DomainSlice FieldSlice => rows;

    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(whole, fields);
        using var own = fields.Slice(rows.Offset[0], rows.Shape[0], axis: 2);
        using var placed = own.To(whole.Device, whole.DType);
        return placed.Clone();
    }

    public Tensor Step(Tensor state) => state.To(state.Device);

    public Tensor Fields(Tensor state) => state.To(state.Device);

    public void Dispose()
    {
    }
}
