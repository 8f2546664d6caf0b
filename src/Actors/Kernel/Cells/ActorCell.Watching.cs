using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Cells;

/// <content>Watching others, and being watched.</content>
internal sealed partial class ActorCell
{
    // Whom this actor watches, each with the message that it wants in place of Terminated, or null.
    private Dictionary<IActorRef, object?>? _watched;

    // Who has stopped and whose Terminated is queued; Unwatch can still take it back.
    private Dictionary<IActorRef, object?>? _announced;
    private HashSet<ISystemReceiver>? _watchers;

    public IActorRef Watch(IActorRef subject) => Watch(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Watch(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (_watched?.Remove(subject) == true)
        {
            ((ISystemReceiver)subject).Send(new RemoveWatcher(subject, _self));
        }

        _announced?.Remove(subject);
        return subject;
    }

    public void AddWatcher(ISystemReceiver watcher) => (_watchers ??= []).Add(watcher);

    public void RemoveWatcher(ISystemReceiver watcher) => _watchers?.Remove(watcher);

    /// <summary>Somebody watched, or a child, or both, has stopped.</summary>
    public void NoteStopped(WatchedStopped notice)
    {
        if (_watched?.Remove(notice.Actor, out var message) == true && _children is not { IsTerminating: true })
        {
            (_announced ??= [])[notice.Actor] = message;
            _self.Tell(new Terminated(notice.Actor, notice.ExistenceConfirmed), notice.Actor);
        }

        if (notice.Actor is LocalActorRef local && _children?.Find(notice.Actor) is not null)
        {
            RemoveChild(local);
        }
    }

    /// <summary>A notice that goes back from the stash into the queue counts as queued anew.</summary>
    public void Announce(Terminated stopped) => (_announced ??= [])[stopped.ActorRef] = null;

    private IActorRef Watch(IActorRef subject, object? message)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (!subject.Equals(_self) && (_watched ??= []).TryAdd(subject, message))
        {
            ((ISystemReceiver)subject).Send(new AddWatcher(subject, _self));
        }

        return subject;
    }

    private void ReceiveTerminated(Terminated stopped)
    {
        if (_announced?.Remove(stopped.ActorRef, out var message) == true)
        {
            Behave(message ?? stopped);
        }
    }

    private void TellWatchers()
    {
        foreach (var watcher in _watchers ?? [])
        {
            // The parent knows already.
            if (!watcher.Equals(_parent))
            {
                watcher.Send(new WatchedStopped(_self, true));
            }
        }

        _watchers = null;
    }

    private void UnwatchAll()
    {
        foreach (var subject in _watched?.Keys ?? Enumerable.Empty<IActorRef>())
        {
            ((ISystemReceiver)subject).Send(new RemoveWatcher(subject, _self));
        }

        (_watched, _announced) = (null, null);
    }
}
