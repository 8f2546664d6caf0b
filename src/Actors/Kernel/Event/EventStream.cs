using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Event;

/// <summary>
/// The system's blackboard: what is published goes to every actor that has subscribed to its type, a base of it or an interface of it.
/// An actor that stops is unsubscribed.
/// </summary>
public sealed class EventStream
{
    private readonly Lock _writing = new();
    private volatile Subscription[] _subscriptions = [];

    internal EventStream()
    {
    }

    private sealed record Subscription(IActorRef Subscriber, Type Channel);

    /// <summary>False if the actor had subscribed to that channel already.</summary>
    public bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_writing)
        {
            var wanted = new Subscription(subscriber, channel);
            if (_subscriptions.Contains(wanted))
            {
                return false;
            }

            _subscriptions = [.. _subscriptions, wanted];
        }

        // Whoever stopped meanwhile has been unsubscribed before, and would stay for ever.
        if (subscriber is ISystemReceiver { IsTerminated: true })
        {
            Unsubscribe(subscriber);
        }

        return true;
    }

    /// <summary>False if there was no such subscription.</summary>
    public bool Unsubscribe(IActorRef subscriber, Type channel) => Remove(s => s.Channel == channel && s.Subscriber.Equals(subscriber));

    /// <summary>Ends all subscriptions of an actor. False if there was none.</summary>
    public bool Unsubscribe(IActorRef subscriber) => Remove(s => s.Subscriber.Equals(subscriber));

    /// <summary>Sends to each subscriber once, whatever number of its channels fit.</summary>
    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var subscriptions = _subscriptions;
        for (var i = 0; i < subscriptions.Length; i++)
        {
            if (subscriptions[i].Channel.IsInstanceOfType(@event) && !WasTold(subscriptions.AsSpan(0, i), subscriptions[i], @event))
            {
                subscriptions[i].Subscriber.Tell(@event);
            }
        }
    }

    private static bool WasTold(ReadOnlySpan<Subscription> earlier, Subscription one, object @event)
    {
        foreach (var other in earlier)
        {
            if (other.Subscriber.Equals(one.Subscriber) && other.Channel.IsInstanceOfType(@event))
            {
                return true;
            }
        }

        return false;
    }

    private bool Remove(Predicate<Subscription> which)
    {
        // Most actors never subscribe to anything, and all ask when they stop.
        if (_subscriptions.Length == 0)
        {
            return false;
        }

        lock (_writing)
        {
            var kept = Array.FindAll(_subscriptions, s => !which(s));
            var found = kept.Length < _subscriptions.Length;
            _subscriptions = found ? kept : _subscriptions;
            return found;
        }
    }
}
