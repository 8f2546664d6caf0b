using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Nodes;

/// <summary>The grants that a node holds. Ended ones are remembered, so that a duplicate is ignored.</summary>
internal sealed class HeldGrants
{
    /// <summary>A duplicate arrives within seconds of the first.</summary>
    private const int MaxEnded = 10_000;

    private readonly Dictionary<(string Run, int First), Held> _held = [];
    private readonly OrderedDictionary<(string Run, int First), int> _ended = [];

    public int Count => _held.Count;

    /// <summary>A copy: callers change the collection while they go through it.</summary>
    public IReadOnlyList<Held> All => [.. _held.Values];

    public Held? Find(string run, MemberRange batch) => _held.GetValueOrDefault((run, batch.First));

    public Held? Find(string run, MemberRange batch, int epoch) => Find(run, batch) is { } held && held.Grant.Epoch == epoch ? held : null;

    public Held? Find(IGrant grant) => Find(grant.RunId, grant.Batch, grant.Epoch);

    public Held? Find(IActorRef actor) => _held.Values.FirstOrDefault(h => h.Actor.Equals(actor));

    public IEnumerable<Held> OfRun(string run) => _held.Values.Where(h => h.Grant.RunId == run);

    public bool HasEnded(IGrant grant) => grant.Epoch <= _ended.GetValueOrDefault(KeyOf(grant));

    public Held Add(IGrant grant) => _held[KeyOf(grant)] = new Held(grant);

    public void Remove(Held held)
    {
        var key = KeyOf(held.Grant);
        _held.Remove(key);
        _ended.Remove(key);
        _ended.Add(key, held.Grant.Epoch);
        if (_ended.Count > MaxEnded)
            _ended.RemoveAt(0);
    }

    private static (string Run, int First) KeyOf(IGrant grant) => (grant.RunId, grant.Batch.First);
}

/// <summary>A grant that a node holds, and how far it is with it.</summary>
internal sealed class Held(IGrant grant)
{
    public IGrant Grant => grant;

    public bool IsFresh => grant is OpeningGrant { Fresh: true };

    public bool IsPaused { get; set; } = grant is Grant { Paused: true };

    /// <summary>Its supervisor or task; nobody while its run is loading.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    public CancellationTokenSource Cancel { get; } = new();

    /// <summary>Starts a closing; null once it has started.</summary>
    public Action? StartWhenRanksGone { get; set; }

    /// <summary>A newer grant, to begin when this one has ended.</summary>
    public IGrant? Next { get; set; }

    public bool UsesRun { get; set; }

    public bool IsWithdrawn { get; set; }

    public bool IsHalting { get; set; }

    /// <summary>Why its supervisor failed.</summary>
    public string? Failure { get; set; }

    /// <summary>Why it has no supervisor any more, and must be granted again; null if it has one.</summary>
    public string? Broken { get; set; }
}

/// <summary>The actors that start the ranks of runs on a node, one for each run.</summary>
internal sealed class RunLaunchers(Action<IActorRef> stop)
{
    private readonly Dictionary<string, (IActorRef Actor, bool IsStopping)> _launchers = new(StringComparer.Ordinal);

    public IActorRef GetOrStart(string run, Func<IActorRef> start)
    {
        if (!_launchers.TryGetValue(run, out var launcher) || launcher.IsStopping)
            _launchers[run] = launcher = (start(), false);

        return launcher.Actor;
    }

    /// <summary>Stops a run's launcher. Returns false if there is none, not even one that is stopping.</summary>
    public bool Stop(string run)
    {
        if (!_launchers.TryGetValue(run, out var launcher))
            return false;

        if (!launcher.IsStopping)
        {
            _launchers[run] = launcher with { IsStopping = true };
            stop(launcher.Actor);
        }

        return true;
    }

    /// <summary>A launcher has ended. Returns its run; null if the actor is none, or was replaced.</summary>
    public string? Remove(IActorRef actor)
    {
        var run = _launchers.FirstOrDefault(l => l.Value.Actor.Equals(actor)).Key;
        return run is not null && _launchers.Remove(run) ? run : null;
    }
}
