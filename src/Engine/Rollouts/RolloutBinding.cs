using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using static TorchSharp.torch;

namespace Cairn.Engine.Rollouts;

/// <summary>A session with a rollout's state bound to it, or nothing to write into when a workflow runs without checkpoints.</summary>
/// <param name="Session">The session, or null.</param>
/// <param name="States">The model states of the batch that is being stepped.</param>
/// <param name="OpenChunk">What is gathered of the field chunk in progress; null on ranks that write no fields.</param>
internal sealed record RolloutBinding(CheckpointSession? Session, IMemberStates States, OpenChunkState? OpenChunk)
{
    /// <summary>Keeps a batch's state in another form besides, for a commit at a lead time; null where there is none.</summary>
    public Action<Tensor, TimeSpan>? Besides { get; init; }

    /// <summary>Whether commits hold the rollout's state, so that it may restart inside.</summary>
    public bool KeepsModelState => HoldsState(Session);

    /// <summary>Binds fresh states to a session, if its level asks for them; they are restored if it is of an existing row.</summary>
    public static RolloutBinding To(CheckpointSession? session, RolloutState state) =>
        To(session, new WholeStates(state), new OpenChunkState());

    /// <summary>The same for one rank of a gang.</summary>
    /// <param name="session">The rank's session.</param>
    /// <param name="part">The rank's part of a member's state; null where states are whole.</param>
    /// <param name="members">Members whose states are wanted.</param>
    /// <param name="writesFields">Whether this rank writes the fields of all.</param>
    public static RolloutBinding To(
        CheckpointSession? session, DomainSlice? part, IReadOnlyList<int> members, bool writesFields = true)
    {
        return To(
            session, part is null ? new WholeStates(new RolloutState()) : new CutStates(part, members),
            writesFields ? new OpenChunkState() : null);
    }

    private static RolloutBinding To(CheckpointSession? session, IMemberStates states, OpenChunkState? openChunk)
    {
        if (HoldsState(session))
        {
            _ = session!.Bind(states.State);
            _ = openChunk is null ? null : session.Bind(openChunk);
        }

        return new RolloutBinding(session, states, openChunk);
    }

    /// <summary>Makes the bound states those of a batch at a lead time.</summary>
    public void Keep(IReadOnlyList<int> members, Tensor batch, TimeSpan leadTime)
    {
        States.Keep(members, batch);
        Besides?.Invoke(batch, leadTime);
    }

    private static bool HoldsState(CheckpointSession? session) => session?.Checkpoint.Options.Level >= 2;
}
