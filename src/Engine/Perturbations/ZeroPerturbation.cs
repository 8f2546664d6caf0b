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

/// <summary>No perturbation at all.</summary>
internal sealed class ZeroKind() : PerturbationKind(Name, "not at all")
{
    /// <summary>Its word.</summary>
    public const string Name = "zero";

    public override bool HasNoise => false;

    public override IPerturbation Create(PerturbationRequest request) => new ZeroPerturbation();
}
