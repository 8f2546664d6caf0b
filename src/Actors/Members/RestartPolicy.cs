using System.Globalization;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Members;

/// <summary>
/// Decides what happens to a batch after each failure of its gang: restart with a backoff, perhaps from an older session, or give up.
/// Pure: it takes failures and sessions, and draws its jitter from a seed.
/// </summary>
internal sealed class RestartPolicy
{
    private readonly SupervisionSpec _settings;
    private readonly Random _jitter;
    private readonly List<GangFailure> _sinceProgress = [];
    private readonly HashSet<string> _lostProcesses = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _redraws = [];
    private readonly HashSet<int> _dropped = [];
    private int? _suspectedAt;
    private int _highest;

    /// <param name="boundary">The boundary of the batch's newest session; -1 without one.</param>
    public RestartPolicy(SupervisionSpec settings, int seed, int boundary = -1)
    {
        (_settings, _highest) = (settings, boundary);
        // Not for secrets: it spreads the restarts of batches that failed together.
#pragma warning disable CA5394
        _jitter = new Random(seed);
#pragma warning restore CA5394
    }

    /// <summary>The name of a member, for people.</summary>
    public Func<int, string> NameOf { get; init; } = member => string.Create(CultureInfo.InvariantCulture, $"member {member}");

    /// <summary>Failures since the last progress, that is, a session beyond all earlier ones.</summary>
    public int Failures => _sinceProgress.Count;

    /// <summary>A session was committed. Progress resets the counters.</summary>
    public void Committed(int boundary)
    {
        if (boundary > _highest)
        {
            _highest = boundary;
            // A batch that makes progress between lost processes is not their cause.
            _lostProcesses.Clear();
            ResetFailures();
        }
    }

    public RestartDecision Decide(GangFailure failure)
    {
        if (failure.IsBystander)
            return new RestartDecision.Restart(_settings.FirstPause, null, "not counted: it was idle when its process ended");

        _sinceProgress.Add(failure);
        if (failure.Kind == FailureKind.Permanent)
            return new RestartDecision.GiveUp("repeating it cannot help");

        if (failure.LostProcess is { } process && _lostProcesses.Add(process) && _lostProcesses.Count >= _settings.QuarantineAfter)
        {
            return new RestartDecision.GiveUp(string.Create(
                CultureInfo.InvariantCulture, $"quarantined: it has taken {_lostProcesses.Count} processes with it"));
        }

        return Failures > _settings.MaxRestarts ? OnExhausted(failure) : RestartAfter(failure);
    }

    private RestartDecision.Restart RestartAfter(GangFailure failure)
    {
        var (before, reason) = OlderSession(failure);
        var count = string.Create(CultureInfo.InvariantCulture, $"restart {Failures} of {_settings.MaxRestarts}");
#pragma warning disable CA5394
        var jitter = 0.5 + (_jitter.NextDouble() / 2);
#pragma warning restore CA5394
        var pause = ExponentialBackoff.Delay(Failures, _settings.FirstPause, _settings.LongestPause) * jitter;
        return new RestartDecision.Restart(pause, before, reason is null ? count : $"{count}, {reason}");
    }

    /// <summary>
    /// A session from which a gang failed twice at the same lead time is suspect, and so is each older one from which it fails there again.
    /// </summary>
    private (int? Before, string? Reason) OlderSession(GangFailure failure)
    {
        if (failure.Boundary is not { } boundary || failure.StartedFrom < 0)
            return (null, null);

        var times = _sinceProgress.Count(f => f.Boundary == boundary && f.StartedFrom == failure.StartedFrom);
        if (times < 2 && _suspectedAt != boundary)
            return (null, null);

        var how = times < 2 ? "from an older one" : "twice";
        _suspectedAt = boundary;
        return (failure.StartedFrom, $"from one session further back: it failed {how} at the same lead time");
    }

    private RestartDecision OnExhausted(GangFailure failure)
    {
        var used = string.Create(CultureInfo.InvariantCulture, $"{_settings.MaxRestarts} restarts brought no progress");
        if (_settings.OnFailure == FailurePolicy.Fail)
            return new RestartDecision.GiveUp(used);

        if (failure.Member is not { } member)
        {
            var policy = _settings.OnFailure == FailurePolicy.Drop ? "drop" : "re-perturb";
            return new RestartDecision.GiveUp(
                $"{used}, and supervision.on-failure = {policy} cannot help: it is unknown which member is at fault");
        }

        if (_settings.OnFailure == FailurePolicy.Drop)
        {
            if (!_dropped.Add(member))
                return new RestartDecision.GiveUp($"{used}, and {NameOf(member)}, which is reported to be at fault, was left out already");

            // The smaller batch gets its own restarts.
            ResetFailures();
            return new RestartDecision.Drop(member);
        }

        return Redraw(member, used);
    }

    /// <summary>The batch starts over with the member's next draw, so every session counts as progress again.</summary>
    private RestartDecision Redraw(int member, string used)
    {
        var draws = _redraws[member] = _redraws.GetValueOrDefault(member) + 1;
        if (draws > Math.Max(1, _settings.MaxRestarts))
        {
            return new RestartDecision.GiveUp(string.Create(
                CultureInfo.InvariantCulture, $"{used}, and {draws - 1} other draws of {NameOf(member)} have failed as well"));
        }

        ResetFailures();
        _highest = -1;
        return new RestartDecision.RePerturb(member);
    }

    private void ResetFailures()
    {
        _sinceProgress.Clear();
        _suspectedAt = null;
    }
}

/// <summary>What happens to a batch whose gang has failed.</summary>
internal abstract record RestartDecision
{
    private RestartDecision()
    {
    }

    /// <summary>Restart after a pause; only from a session before a boundary, unless that is null.</summary>
    public sealed record Restart(TimeSpan Pause, int? Before, string Reason) : RestartDecision;

    /// <summary>Leave a member out and restart the others.</summary>
    public sealed record Drop(int Member) : RestartDecision;

    /// <summary>Draw a member's perturbation anew and start the batch over.</summary>
    public sealed record RePerturb(int Member) : RestartDecision;

    /// <summary>The batch has failed for good.</summary>
    public sealed record GiveUp(string Reason) : RestartDecision;
}

/// <summary>Delays between attempts, each twice the previous one, up to a longest. Pure.</summary>
internal static class ExponentialBackoff
{
    public static TimeSpan Delay(int failures, TimeSpan first, TimeSpan longest)
    {
        // A double, because many doublings overflow a TimeSpan.
        var ticks = first.Ticks * Math.Pow(2, failures - 1);
        return ticks < longest.Ticks ? TimeSpan.FromTicks((long)ticks) : longest;
    }
}
