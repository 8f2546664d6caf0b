using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Timing;

/// <summary>A timer's message on its way through the queue.</summary>
internal class TimerTick
{
    private protected TimerTick()
    {
    }

    public required TimerScheduler Owner { get; init; }

    public required object Key { get; init; }

    public required object Message { get; init; }

    public required bool Repeats { get; init; }

    public static TimerTick Create(TimerScheduler owner, object key, object message, bool repeats) => message is INotInfluenceReceiveTimeout
        ? new Quiet { Owner = owner, Key = key, Message = message, Repeats = repeats }
        : new TimerTick { Owner = owner, Key = key, Message = message, Repeats = repeats };

    /// <summary>The tick of a message that does not start the receive timeout anew.</summary>
    private sealed class Quiet : TimerTick, INotInfluenceReceiveTimeout;
}
