using System.Text.Json.Serialization;

namespace Cairn.Engine.Rollouts;

/// <summary>What a gang is started with: everything that its ranks must agree on.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">The epoch, which has begun.</param>
/// <param name="Plan">Where each member takes its state from; null to begin at the initial condition.</param>
/// <param name="Session">The session of the batch's own catalog to go on from; null when there is none, or the plan takes others.</param>
/// <param name="Members">Which members are stepped.</param>
internal sealed record GangStart(MemberRange Batch, int Epoch, RestorePlan? Plan, string? Session, BatchMembers Members)
{
    /// <summary>An older session of the batch's own catalog to verify the restart from; null for none.</summary>
    public RestoreCandidate? VerifyFrom { get; init; }

    /// <summary>The boundary that the gang goes on after; -1 when it begins at the initial condition.</summary>
    [JsonIgnore]
    public int Boundary => Plan?.Boundary ?? -1;
}
