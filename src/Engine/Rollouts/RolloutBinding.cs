using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>A session with a rollout's state bound to it, or nothing to write into when a workflow runs without checkpoints.</summary>
/// <param name="Session">The session, or null.</param>
/// <param name="State">The model state of the batch that is being stepped.</param>
/// <param name="OpenChunk">What is gathered of the field chunk in progress.</param>
internal sealed record RolloutBinding(CheckpointSession? Session, RolloutState State, OpenChunkState OpenChunk)
{
    /// <summary>Whether commits hold the rollout's state, so that it may restart inside.</summary>
    public bool KeepsModelState => HoldsState(Session);

    /// <summary>Binds fresh states to a session, if its level asks for them; they are restored if it is of an existing row.</summary>
    public static RolloutBinding To(CheckpointSession? session) => session is null || !HoldsState(session)
        ? new RolloutBinding(session, new RolloutState(), new OpenChunkState())
        : new RolloutBinding(session, session.Bind(new RolloutState()).Value, session.Bind(new OpenChunkState()).Value);

    private static bool HoldsState(CheckpointSession? session) => session?.Checkpoint.Options.Level >= 2;
}
