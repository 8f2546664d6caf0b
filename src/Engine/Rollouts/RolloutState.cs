using Cairn.Storage.Arrays;

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
                c => c.Variable, c => NdArray.From(c.Data.ToArray(), c.Data.Length / fieldSize, fieldSize)));
    }

    internal List<FieldChunk> ChunksOf(IEnumerable<int> members)
    {
        var chunks = new List<FieldChunk>();
        foreach (var member in members)
        {
            if (Members.TryGetValue(MemberKey.Of(member), out var variables))
                chunks.AddRange(variables.Select(v => new FieldChunk(member, (int)FirstOutput, v.Key, v.Value.AsSpan<float>().ToArray())));
        }
        return chunks;
    }
}

/// <summary>A session with a rollout's state bound to it, or nothing to write into when a workflow runs without checkpoints.</summary>
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
    public static RolloutBinding To(
        CheckpointSession? session, DomainSlice? part, IReadOnlyList<int> members, bool writesFields = true) => To(
        session, part is null ? new WholeStates(new RolloutState()) : new CutStates(part, members),
        writesFields ? new OpenChunkState() : null);

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

/// <summary>The model states of a batch's members as a session keeps them: whole, or a rank's part of each.</summary>
internal interface IMemberStates
{
    /// <summary>The object to bind.</summary>
    object State { get; }

    /// <summary>Whether a member's state was restored.</summary>
    bool Holds(int member);

    /// <summary>Makes the kept states views of a batch, one a member.</summary>
    void Keep(IReadOnlyList<int> members, Tensor batch);

    /// <summary>Hands a member's restored state over; the caller disposes it.</summary>
    Tensor Take(int member);

    /// <summary>Lets go of what is kept.</summary>
    void Clear();
}

internal sealed class WholeStates(RolloutState state) : IMemberStates
{
    public object State => state;
    public bool Holds(int member) => state.Members.ContainsKey(MemberKey.Of(member));

    public void Keep(IReadOnlyList<int> members, Tensor batch) => state.Members = members.Select((member, i) => (member, i))
        .ToDictionary(m => MemberKey.Of(m.member), m => batch.select(0, m.i));

    public Tensor Take(int member) => state.Members.Remove(MemberKey.Of(member), out var taken)
        ? taken
        : throw new ArgumentOutOfRangeException(nameof(member), member, "No such member is held.");

    public void Clear()
    {
        foreach (var kept in state.Members.Values)
            kept.Dispose();
        state.Members = [];
    }
}

/// <summary>One rank's part of each state.</summary>
internal sealed class CutStates : IMemberStates
{
    private readonly CutRolloutState _state = new();
    private readonly DomainSlice _slice;

    public CutStates(DomainSlice slice, IEnumerable<int> members)
    {
        _slice = slice;
        _state.Members = members.ToDictionary(MemberKey.Of, _ => new Shard<Tensor>(slice));
    }

    public object State => _state;
    public bool Holds(int member) => _state.Members.GetValueOrDefault(MemberKey.Of(member))?.Value is not null;

    public void Keep(IReadOnlyList<int> members, Tensor batch) => _state.Members = members.Select((member, i) => (member, i))
        .ToDictionary(m => MemberKey.Of(m.member), m => new Shard<Tensor>(_slice, batch.select(0, m.i)));

    public Tensor Take(int member) => _state.Members.Remove(MemberKey.Of(member), out var taken) && taken.Value is { } value
        ? value
        : throw new ArgumentOutOfRangeException(nameof(member), member, "No such member is held.");

    public void Clear()
    {
        foreach (var kept in _state.Members.Values)
            kept.Value?.Dispose();
        _state.Members = [];
    }
}
