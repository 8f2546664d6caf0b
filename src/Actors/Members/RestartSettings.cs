using Cairn.Engine.Runs;

namespace Cairn.Actors.Members;

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
