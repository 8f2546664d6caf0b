using Cairn.Engine.Torch;
using Cairn.Storage.Catalog;
using static TorchSharp.torch;

namespace Cairn.Engine.Perturbations;

/// <summary>Leaves every member as it is.</summary>
public sealed class ZeroPerturbation : IPerturbation
{
    public void Bind(CheckpointSession session)
    {
    }

    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members)
    {
    }

    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return fields.Copied();
    }
}
