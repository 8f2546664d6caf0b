using Cairn.Engine.Perturbations;
using Cairn.Engine.Torch;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using static TorchSharp.torch;

namespace Cairn.Engine.Rollouts;

/// <summary>Members read from sessions that other batches wrote, when the ensemble is cut differently than before.</summary>
/// <param name="States">Each member's state, in order of members.</param>
/// <param name="OpenChunk">What was gathered of the chunk in progress.</param>
internal sealed record RestoredMembers(IReadOnlyList<Tensor> States, IReadOnlyList<FieldChunk> OpenChunk)
{
    /// <summary>Reads every member from the session that a plan names for it.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="members">Its members that are stepped, in order.</param>
    /// <param name="plan">Where they come from.</param>
    /// <param name="open">Opens a session for reading.</param>
    /// <param name="cut">The part of a state that is wanted; null for the whole.</param>
    /// <param name="perturbation">Takes over what it keeps.</param>
    /// <param name="withFields">Whether the chunk in progress is wanted.</param>
    public static RestoredMembers Read(
        MemberRange batch, IReadOnlyList<int> members, RestorePlan plan, Func<RestoreCandidate, CheckpointSession> open, DomainSlice? cut,
        IPerturbation perturbation, bool withFields)
    {
        var states = new SortedDictionary<int, Tensor>();
        var chunks = new List<FieldChunk>();
        foreach (var source in plan.Sources.GroupBy(s => s.Value))
        {
            var wanted = source.Select(s => s.Key).Order().ToList();
            using var session = open(source.Key);
            var bound = RolloutBinding.To(session, cut, wanted, withFields);
            foreach (var member in wanted)
            {
                states[member] = bound.States.Holds(member)
                    ? bound.States.Take(member)
                    : throw new DataException($"The session {source.Key.Session} should hold the state of {batch.NameOf(member)} but does "
                        + "not. Start over with --fresh.");
            }

            // What other members of that batch had is of no use here.
            bound.States.Clear();
            chunks.AddRange(bound.OpenChunk?.ChunksOf(wanted) ?? []);
            perturbation.Adopt(session, [.. wanted.Select(batch.MemberOf)]);
        }

        return new RestoredMembers([.. members.Select(member => states[member])], chunks);
    }
}
