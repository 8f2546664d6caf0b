namespace Cairn.ActorKernel.Actor;

/// <summary>What a scheduler's clock says.</summary>
public interface ITimeProvider
{
    DateTimeOffset Now { get; }

    /// <summary>Time since the system started, which never goes back.</summary>
    TimeSpan MonotonicClock { get; }
}
