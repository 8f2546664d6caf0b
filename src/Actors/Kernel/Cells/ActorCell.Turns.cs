using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Mailboxes;
using Cairn.ActorKernel.Timing;

namespace Cairn.ActorKernel.Cells;

/// <content>Turns: when the actor runs, and what it takes from its queues then.</content>
internal sealed partial class ActorCell : IThreadPoolWorkItem
{
    // Messages that one turn may handle before other actors get the thread.
    private const int MessagesPerTurn = 100;

    private InboundQueue _messages;
    private InboundQueue _signals;
    private List<SystemMessage>? _waiting;
    private Envelope? _envelope;
    private int _isScheduled;

    // Reasons not to handle messages. Changed in turns only; senders read it to spare turns that would do nothing.
    private int _suspensions;
    private volatile bool _isTerminated;

    public bool IsTerminated => _isTerminated;

    public Envelope? CurrentEnvelope => _envelope;

    private bool HasWork => _signals.HasAny || (_suspensions == 0 && _messages.HasAny);

    public void Start() => Schedule();

    public void Tell(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_messages.TryAdd(new Envelope(message, sender)))
        {
            _system.DeadLetterOffice.Publish(message, sender, _self);
        }
        else if (Volatile.Read(ref _suspensions) == 0)
        {
            Schedule();
        }
    }

    public void Send(SystemMessage signal)
    {
        if (!_signals.TryAdd(signal))
        {
            signal.ComeTooLate();
        }
        else
        {
            Schedule();
        }
    }

    /// <summary>From the stash, in a turn of this actor: before all that is queued.</summary>
    public void PutBack(Envelope envelope)
    {
        _messages.PutFirst(envelope);
        if (envelope.Message is Terminated stopped)
        {
            Announce(stopped);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        CurrentCell.Value = this;
        try
        {
            TakeSignals();
            TakeMessages();
        }
        finally
        {
            CurrentCell.Value = null;

            // A full fence: either this thread sees what was added meanwhile, or who added it sees that no turn is due.
            Interlocked.Exchange(ref _isScheduled, 0);
            if (HasWork)
            {
                Schedule();
            }
        }
    }

    private void Schedule()
    {
        if (Volatile.Read(ref _isScheduled) == 0 && Interlocked.CompareExchange(ref _isScheduled, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void TakeSignals()
    {
        while (!_isTerminated && _signals.Take() is SystemMessage signal)
        {
            if (MustWait(signal))
            {
                (_waiting ??= []).Add(signal);
                continue;
            }

            Deliver(signal);
            while (!_isTerminated && _waiting?.Find(s => !MustWait(s)) is { } ready)
            {
                _waiting.Remove(ready);
                Deliver(ready);
            }
        }
    }

    private bool MustWait(SystemMessage signal) =>
        (signal.WaitsForChildren && _children is { HoldsUp: true }) || (signal.WaitsForRecovery && _suspensions > 0);

    private void Deliver(SystemMessage signal)
    {
        try
        {
            signal.Deliver(this);
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
    }

    private void TakeMessages()
    {
        for (var left = MessagesPerTurn; left > 0 && _suspensions == 0 && !_isTerminated; left--)
        {
            if (_messages.Take() is not Envelope envelope)
            {
                return;
            }

            Handle(envelope);
            if (_signals.HasNew)
            {
                TakeSignals();
            }
        }
    }

    private void Handle(Envelope envelope)
    {
        var message = envelope.Message;
        _envelope = envelope;
        CurrentMessage = message;
        Sender = envelope.Sender ?? _system.DeadLetters;
        var isHeard = HearMessage(message);
        try
        {
            Receive(message);

            // An asynchronous handler may have failed at once; then the message stays, for PreRestart to see.
            CurrentMessage = _failed is null ? null : CurrentMessage;
        }
        catch (Exception cause)
        {
            Fail(cause);
        }

        KeepReceiveTimeout(isHeard);
    }

    private void Receive(object message)
    {
        if (message is TimerTick tick)
        {
            // A tick of an instance that was replaced finds no owner: its timers are gone with it.
            if (tick.Owner.Take(tick) is not { } due)
            {
                return;
            }

            CurrentMessage = message = due;
        }

        switch (message)
        {
            case Terminated stopped:
                ReceiveTerminated(stopped);
                break;
            case PoisonPill:
                _self.Send(new StopActor());
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            default:
                Behave(message);
                break;
        }
    }

    private void Behave(object message)
    {
        if (!_behaviors.Handle(message))
        {
            _actor!.UnhandledInternal(message);
        }
    }
}
