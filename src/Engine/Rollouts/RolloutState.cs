using Cairn.Engine.Torch;
using Cairn.Storage.Arrays;
using Cairn.Storage.State;
using static TorchSharp.torch;

namespace Cairn.Engine.Rollouts;

/// <summary>The model state of a batch, member by member, so that a later run may cut the ensemble differently.</summary>
[CheckpointState(Id = RolloutState.Id)]
public sealed class RolloutState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "cairn.RolloutState";

    /// <summary>Per member (six digits), its state without the batch axis.</summary>
    public Dictionary<string, Tensor> Members { get; set; } = [];
}

/// <summary>The same of one rank of a gang: its part of each member's state.</summary>
[CheckpointState(Id = RolloutState.Id)]
public sealed class CutRolloutState
{
    /// <summary>Per member (six digits), the rank's part of its state without the batch axis.</summary>
    public Dictionary<string, Shard<Tensor>> Members { get; set; } = [];
}

/// <summary>Fields of a chunk that a session found half gathered; empty when a chunk ended at the session's boundary.</summary>
[CheckpointState(Id = "cairn.OpenChunkState")]
public sealed class OpenChunkState
{
    /// <summary>Output index of the chunk's first lead time.</summary>
    public long FirstOutput { get; set; }

    /// <summary>Per member (six digits) and variable, <c>[lead time, latitude, longitude]</c> in float32.</summary>
    public Dictionary<string, Dictionary<string, NdArray>> Members { get; set; } = [];

    internal void Keep(IReadOnlyList<FieldChunk> chunks, int fieldSize)
    {
        FirstOutput = chunks.Count == 0 ? 0 : chunks[0].FirstOutput;
        Members = chunks.GroupBy(c => c.Member).ToDictionary(
            member => MemberKey.Of(member.Key),
            member => member.ToDictionary(
                c => c.Variable, c => NdArray.From(c.Data.ToArray(), c.Data.Length / fieldSize, fieldSize), StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    internal List<FieldChunk> ChunksOf(IEnumerable<int> members)
    {
        var chunks = new List<FieldChunk>();
        foreach (var member in members)
        {
            if (Members.TryGetValue(MemberKey.Of(member), out var variables))
            {
                chunks.AddRange(variables.Select(v => new FieldChunk(member, (int)FirstOutput, v.Key, v.Value.AsSpan<float>().ToArray())));
            }
        }

        return chunks;
    }
}
