using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>A session with a rollout's state bound to it, or nothing to write into when a workflow runs without checkpoints.</summary>
/// <param name="Session">The session, or null.</param>
/// <param name="State">The model state of the batch that is being stepped.</param>
/// <param name="OpenChunk">What is gathered of the field chunk in progress.</param>
internal sealed record RolloutBinding(CheckpointSession? Session, RolloutState State, OpenChunkState OpenChunk)
{
    /// <summary>Whether sessions keep the model's state: level 2 does; below it a rollout restarts from lead time zero.</summary>
    public bool KeepsModelState => Session?.Checkpoint.Options.Level >= 2;

    /// <summary>Binds fresh states to a session; they are restored if it is of an existing row.</summary>
    public static RolloutBinding To(CheckpointSession? session) => session is null
        ? new RolloutBinding(null, new RolloutState(), new OpenChunkState())
        : new RolloutBinding(session, session.Bind(new RolloutState()).Value, session.Bind(new OpenChunkState()).Value);
}
