namespace Cairn.Engine.Perturbations;

/// <summary>Makes the members of an ensemble differ in their initial condition.</summary>
/// <remarks>What a member gets depends on the run's seed and the member alone, never on the batch it is in, the node, the ensemble's size
/// or a restart.</remarks>
public interface IPerturbation
{
    /// <summary>Binds what the perturbation must keep to a batch's session; before <see cref="Apply"/>.</summary>
    void Bind(CheckpointSession session);

    /// <summary>Takes over the kept state of some members from another batch's session, when the ensemble is cut differently than
    /// before.</summary>
    void Adopt(CheckpointSession source, IReadOnlyCollection<int> members);

    /// <summary>Perturbs initial fields.</summary>
    /// <param name="fields"><c>[batch, variable, latitude, longitude]</c>, in each variable's unit; not changed.</param>
    /// <param name="members">The member numbers of the batch axis.</param>
    /// <param name="level">The checkpoint's level: below 2 the stored state is the one before the draw, so that a rollout that starts over
    /// draws the same.</param>
    /// <returns>New fields of the same shape, dtype and device; the caller disposes them.</returns>
    Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level);
}

/// <summary>Leaves every member as it is.</summary>
public sealed class ZeroPerturbation : IPerturbation
{
    public void Bind(CheckpointSession session) { }
    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members) { }
    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level) => fields.Copied();
}

/// <summary>No perturbation at all.</summary>
internal sealed class ZeroKind() : PerturbationKind(Name, "not at all")
{
    /// <summary>Its word.</summary>
    public const string Name = "zero";

    public override bool HasNoise => false;
    public override IPerturbation Create(PerturbationRequest request) => new ZeroPerturbation();
}
