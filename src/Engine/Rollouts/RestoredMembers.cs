using Cairn.Engine.Perturbations;
using Cairn.Engine.Torch;
using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>Members read from sessions that other batches wrote, when the ensemble is cut differently than before.</summary>
/// <param name="States">Each member's state, in order of members.</param>
/// <param name="OpenChunk">What was gathered of the chunk in progress.</param>
internal sealed record RestoredMembers(IReadOnlyList<Tensor> States, IReadOnlyList<FieldChunk> OpenChunk)
{
    /// <summary>Reads every member from the session that a plan names for it.</summary>
    public static RestoredMembers Read(
        MemberRange batch, RestorePlan plan, Func<RestoreCandidate, CheckpointSession> open, IPerturbation perturbation)
    {
        var states = new SortedDictionary<int, Tensor>();
        var chunks = new List<FieldChunk>();
        foreach (var source in plan.Sources.GroupBy(s => s.Value))
        {
            var members = source.Select(s => s.Key).ToHashSet();
            using var session = open(source.Key);
            var kept = session.Bind(new RolloutState()).Value.Members;
            foreach (var member in source.Key.Folder.Members)
            {
                Take(kept, member, members.Contains(member), states);
            }

            chunks.AddRange(session.Bind(new OpenChunkState()).Value.ChunksOf(batch).Where(c => members.Contains(c.Member)));
            perturbation.Adopt(session, members);
        }

        return new RestoredMembers([.. states.Values], chunks);
    }

    private static void Take(Dictionary<string, Tensor> kept, int member, bool wanted, SortedDictionary<int, Tensor> states)
    {
        if (!kept.TryGetValue(MemberKey.Of(member), out var state))
        {
            throw new DataException($"A session should hold the state of member {member} but does not. Start over with --fresh.");
        }

        if (wanted)
        {
            states[member] = state;
        }
        else
        {
            state.Dispose();
        }
    }
}
