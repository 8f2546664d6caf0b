using Cairn.Engine.Models;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Keeps a poisoned state from becoming output or a session: what a restart begins from is always finite and within bounds.
/// </summary>
internal static class HealthGate
{
    private static readonly Dictionary<string, FieldBounds> NoBounds = [];

    /// <summary>
    /// Checks every member's state for NaN and infinities and, if its fields are available, those against the model's bounds.
    /// </summary>
    /// <exception cref="StepException">Names members, variables and values at fault.</exception>
    public static void Check(
        ModelDescription model, MemberRange batch, IReadOnlyList<int> members, TimeSpan leadTime, Tensor state, Tensor? fields)
    {
        var defects = fields is null
            ? StateHealth.Examine([StateHealth.StateVariable], state.Ranges(1), NoBounds, 0)
            : StateHealth.Examine(model, state, fields, 0);
        if (defects.Count > 0)
        {
            // Found by their position in the batch, which members may have left; messages use members of the batch's initial time.
            var failure = StateHealth.Failure([.. defects.Select(d => d with { Member = batch.MemberOf(members[d.Member]) })], leadTime);
            throw new StepException(failure.Message) { Member = members[defects[0].Member], LeadTime = leadTime };
        }
    }
}
