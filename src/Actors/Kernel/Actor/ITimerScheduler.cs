namespace Cairn.ActorKernel.Actor;

/// <summary>
/// Timers of one actor, told apart by their keys. A timer that was cancelled or replaced is never received, even if its message was
/// queued already; all are cancelled when the actor stops or restarts.
/// </summary>
public interface ITimerScheduler
{
    IReadOnlyCollection<object> ActiveTimers { get; }

    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    bool IsTimerActive(object key);

    void Cancel(object key);

    void CancelAll();
}
