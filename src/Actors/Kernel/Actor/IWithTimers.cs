namespace Cairn.ActorKernel.Actor;

/// <summary>An actor with timers of its own.</summary>
public interface IWithTimers
{
    /// <summary>Set by the system before the constructor's body.</summary>
    ITimerScheduler Timers { get; set; }
}
