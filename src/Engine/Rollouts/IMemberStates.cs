using Cairn.Engine.Torch;
using Cairn.Storage.State;
using static TorchSharp.torch;

namespace Cairn.Engine.Rollouts;

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

/// <summary>Whole states.</summary>
internal sealed class WholeStates(RolloutState state) : IMemberStates
{
    public object State => state;

    public bool Holds(int member) => state.Members.ContainsKey(MemberKey.Of(member));

    public void Keep(IReadOnlyList<int> members, Tensor batch) => state.Members = members.Select((member, i) => (member, i))
        .ToDictionary(m => MemberKey.Of(m.member), m => batch.select(0, m.i), StringComparer.Ordinal);

    public Tensor Take(int member) => state.Members.Remove(MemberKey.Of(member), out var taken)
        ? taken
        : throw new ArgumentOutOfRangeException(nameof(member), member, "No such member is held.");

    public void Clear()
    {
        foreach (var kept in state.Members.Values)
        {
            kept.Dispose();
        }

        state.Members = [];
    }
}

/// <summary>One rank's part of each state.</summary>
internal sealed class CutStates : IMemberStates
{
    private readonly CutRolloutState _state = new();
    private readonly DomainSlice _slice;

    /// <param name="slice">The part, of a member's state without the batch axis.</param>
    /// <param name="members">Members whose parts are wanted when the state is bound to an existing session.</param>
    public CutStates(DomainSlice slice, IEnumerable<int> members)
    {
        _slice = slice;
        _state.Members = members.ToDictionary(MemberKey.Of, _ => new Shard<Tensor>(slice), StringComparer.Ordinal);
    }

    public object State => _state;

    public bool Holds(int member) => _state.Members.GetValueOrDefault(MemberKey.Of(member))?.Value is not null;

    public void Keep(IReadOnlyList<int> members, Tensor batch) => _state.Members = members.Select((member, i) => (member, i))
        .ToDictionary(m => MemberKey.Of(m.member), m => new Shard<Tensor>(_slice, batch.select(0, m.i)), StringComparer.Ordinal);

    public Tensor Take(int member) => _state.Members.Remove(MemberKey.Of(member), out var taken) && taken.Value is { } value
        ? value
        : throw new ArgumentOutOfRangeException(nameof(member), member, "No such member is held.");

    public void Clear()
    {
        foreach (var kept in _state.Members.Values)
        {
            kept.Value?.Dispose();
        }

        _state.Members = [];
    }
}
