using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Nodes;

/// <summary>Gives a node batches to run; it answers each with a <see cref="BatchEnded"/>.</summary>
/// <param name="Run">The run, which this process holds.</param>
/// <param name="Batches">The batches.</param>
/// <param name="Launcher">Launches their gangs.</param>
internal sealed record RunBatches(RunParts Run, IReadOnlyList<MemberRange> Batches, IGangLauncher Launcher);

/// <summary>Told to all batches of a run, those that wait for a slot included.</summary>
/// <param name="Run">The run.</param>
/// <param name="Command">
/// A <see cref="HaltBatch"/>, <see cref="PauseBatch"/>, <see cref="ResumeBatch"/> or <see cref="CommitBatch"/>.
/// </param>
internal sealed record CommandBatches(RunParts Run, object Command);
