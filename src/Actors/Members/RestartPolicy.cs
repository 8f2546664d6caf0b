using System.Globalization;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Members;

/// <summary>
/// Decides what happens to a batch each time its gang ends in failure: it starts again now, later or further back, or never. Pure: it
/// takes failures and sessions, and draws its jitter from a seed.
/// </summary>
public sealed class RestartPolicy
{
    private readonly RestartSettings _settings;
    private readonly Random _jitter;
    private readonly List<GangFailure> _sinceProgress = [];
    private readonly HashSet<string> _lostProcesses = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _redraws = [];
    private readonly HashSet<int> _dropped = [];
    private int? _suspectedAt;
    private int _highest;

    /// <param name="settings">What to go by.</param>
    /// <param name="seed">Of the jitter: batches that failed together do not come back together.</param>
    /// <param name="boundary">The boundary of the batch's newest session; -1 without one.</param>
    public RestartPolicy(RestartSettings settings, int seed, int boundary = -1)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _highest) = (settings, boundary);
        // Not for secrets: it only spreads restarts over time, and must be the same for the same seed.
#pragma warning disable CA5394
        _jitter = new Random(seed);
#pragma warning restore CA5394
    }

    /// <summary>What a member is called.</summary>
    public Func<int, string> NameOf { get; init; } = member => string.Create(CultureInfo.InvariantCulture, $"member {member}");

    /// <summary>Failures since the batch last got further than ever before.</summary>
    public int Failures => _sinceProgress.Count;

    /// <summary>A session was committed. One beyond all before it is progress: older failures are forgotten.</summary>
    public void Committed(int boundary)
    {
        if (boundary > _highest)
        {
            _highest = boundary;
            // A batch that gets on between its losses does not cause them.
            _lostProcesses.Clear();
            Forget();
        }
    }

    /// <summary>The gang has ended in a failure.</summary>
    public RestartDecision Decide(GangFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (failure.IsBystander)
        {
            return new RestartDecision.Restart(_settings.FirstPause, null, "not counted: it was idle when its process ended");
        }

        _sinceProgress.Add(failure);
        if (failure.Kind == FailureKind.Permanent)
        {
            return new RestartDecision.GiveUp("repeating it cannot help");
        }

        if (failure.LostProcess is { } process && _lostProcesses.Add(process) && _lostProcesses.Count >= _settings.QuarantineAfter)
        {
            return new RestartDecision.GiveUp(string.Create(
                CultureInfo.InvariantCulture, $"quarantined: it has taken {_lostProcesses.Count} processes with it"));
        }

        return Failures > _settings.MaxRestarts ? UsedUp(failure) : RestartAfter(failure);
    }

    private RestartDecision.Restart RestartAfter(GangFailure failure)
    {
        var (before, reason) = FurtherBack(failure);
        var count = string.Create(CultureInfo.InvariantCulture, $"restart {Failures} of {_settings.MaxRestarts}");
        return new RestartDecision.Restart(Pause(), before, reason is null ? count : $"{count}, {reason}");
    }

    /// <summary>
    /// Twice at the same lead time from the same session: the session itself is suspect. What fails there once more from the one before
    /// makes that one suspect as well.
    /// </summary>
    private (int? Before, string? Reason) FurtherBack(GangFailure failure)
    {
        if (failure.Boundary is not { } boundary || failure.StartedFrom < 0)
        {
            return (null, null);
        }

        var times = _sinceProgress.Count(f => f.Boundary == boundary && f.StartedFrom == failure.StartedFrom);
        if (times < 2 && _suspectedAt != boundary)
        {
            return (null, null);
        }

        var how = times < 2 ? "from an older one" : "twice";
        _suspectedAt = boundary;
        return (failure.StartedFrom, $"from one session further back: it failed {how} at the same lead time");
    }

    private TimeSpan Pause()
    {
#pragma warning disable CA5394
        return GrowingPause.After(Failures, _settings.FirstPause, _settings.LongestPause) * (0.5 + (_jitter.NextDouble() / 2));
#pragma warning restore CA5394
    }

    private RestartDecision UsedUp(GangFailure failure)
    {
        var used = string.Create(CultureInfo.InvariantCulture, $"{_settings.MaxRestarts} restarts brought no progress");
        if (_settings.OnFailure == FailurePolicy.Fail)
        {
            return new RestartDecision.GiveUp(used);
        }

        if (failure.Member is not { } member)
        {
            return new RestartDecision.GiveUp(
                $"{used}, and supervision.on-failure = {Word} cannot help: it is unknown which member is at fault");
        }

        if (_settings.OnFailure == FailurePolicy.Drop)
        {
            if (!_dropped.Add(member))
            {
                return new RestartDecision.GiveUp($"{used}, and {NameOf(member)}, which is reported to be at fault, was left out already");
            }

            // What follows is another batch in effect: it has its restarts before it.
            Forget();
            return new RestartDecision.Drop(member);
        }

        return Redraw(member, used);
    }

    /// <summary>The batch starts over with the member's next draw, so that every session is progress again.</summary>
    private RestartDecision Redraw(int member, string used)
    {
        var draws = _redraws[member] = _redraws.GetValueOrDefault(member) + 1;
        if (draws > Math.Max(1, _settings.MaxRestarts))
        {
            return new RestartDecision.GiveUp(string.Create(
                CultureInfo.InvariantCulture, $"{used}, and {draws - 1} other draws of {NameOf(member)} have failed as well"));
        }

        Forget();
        _highest = -1;
        return new RestartDecision.RePerturb(member);
    }

    private void Forget()
    {
        _sinceProgress.Clear();
        _suspectedAt = null;
    }

    private string Word => _settings.OnFailure == FailurePolicy.Drop ? "drop" : "re-perturb";
}

/// <summary>What happens to a batch whose gang has ended.</summary>
public abstract record RestartDecision
{
    private RestartDecision()
    {
    }

    /// <summary>It starts again.</summary>
    /// <param name="Pause">After this long.</param>
    /// <param name="Before">Only from a session at an earlier boundary than this; null for the newest.</param>
    /// <param name="Reason">For the journal.</param>
    public sealed record Restart(TimeSpan Pause, int? Before, string Reason) : RestartDecision;

    /// <summary>A member is left out, and the others start again.</summary>
    /// <param name="Member">The member.</param>
    public sealed record Drop(int Member) : RestartDecision;

    /// <summary>A member starts over with another draw, and its batch with it.</summary>
    /// <param name="Member">The member.</param>
    public sealed record RePerturb(int Member) : RestartDecision;

    /// <summary>The batch has failed for good.</summary>
    /// <param name="Reason">Why it is not started again.</param>
    public sealed record GiveUp(string Reason) : RestartDecision;
}

/// <summary>What <see cref="RestartPolicy"/> goes by.</summary>
/// <param name="MaxRestarts">Restarts without a new session in between, before <paramref name="OnFailure"/> decides.</param>
/// <param name="FirstPause">The pause before the first restart; each further one doubles it.</param>
/// <param name="LongestPause">The longest pause.</param>
/// <param name="OnFailure">What happens when the restarts are used up.</param>
/// <param name="QuarantineAfter">Processes that a batch may take with it, without progress in between, before it is quarantined.</param>
public sealed record RestartSettings(
    int MaxRestarts, TimeSpan FirstPause, TimeSpan LongestPause, FailurePolicy OnFailure, int QuarantineAfter)
{
    /// <summary>Those of a spec.</summary>
    public static RestartSettings Of(SupervisionSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new RestartSettings(spec.MaxRestarts, spec.FirstPause, spec.LongestPause, spec.OnFailure, spec.QuarantineAfter);
    }
}
