using Cairn.Storage.Sessions;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// The session that was reported as the newest of a batch. Another node made it, and a shared file system may take a moment to show it
/// here: restarting from an older one would repeat steps that must not be repeated.
/// </summary>
/// <param name="reported">Its name and lead time; null when none was reported.</param>
/// <param name="read">Reads the batch's sessions again, the newest last.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Receives a warning about a session that does not appear.</param>
internal sealed class ReportedSession(
    (string Session, TimeSpan LeadTime)? reported, Func<IReadOnlyList<Session>> read, TimeProvider time, Action<string> warn)
{
    /// <summary>How long attributes and names may be cached by the usual mounts of NFS (acdirmax = 60 s), for the longest.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private bool _isDone = reported is null;

    /// <summary>Waits, once, until the session is there, or was superseded by a newer one; at most for <see cref="Longest"/>.</summary>
    /// <param name="lost">Ends the waiting: the batch is another's.</param>
    /// <exception cref="FencedException">The grant was withdrawn meanwhile.</exception>
    public void Await(CancellationToken lost)
    {
        if (_isDone)
        {
            return;
        }

        var begun = time.GetTimestamp();
        while (!IsThere())
        {
            if (time.GetElapsedTime(begun) >= Longest)
            {
                warn($"the run's keeper names session {reported!.Value.Session} at lead time {LeadTimeText.Of(reported.Value.LeadTime)} as "
                    + $"the newest, but after {Longest.TotalSeconds:0} s it is not on this file system: restarting from an older one. Is "
                    + "the run's folder shared by all nodes?");
                break;
            }

            if (lost.IsCancellationRequested)
            {
                throw new FencedException($"The grant was withdrawn while waiting for session {reported!.Value.Session}.");
            }

            Task.Delay(Pause, time, CancellationToken.None).GetAwaiter().GetResult();
        }

        _isDone = true;
    }

    private bool IsThere() => read().Any(s => s.Id == reported!.Value.Session || s.LeadTime > reported.Value.LeadTime);
}
