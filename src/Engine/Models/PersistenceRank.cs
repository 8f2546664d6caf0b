using Cairn.Engine.Torch;
using Cairn.Storage.State;
using static TorchSharp.torch;

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
        using var own = fields.narrow(2, rows.Offset[0], rows.Shape[0]);
        using var placed = own.to(whole.DType, whole.Device);
        return placed.Copied();
    }

    public Tensor Step(Tensor state) => state.to(state.device);

    public Tensor Fields(Tensor state) => state.to(state.device);

    public void Dispose()
    {
    }
}
