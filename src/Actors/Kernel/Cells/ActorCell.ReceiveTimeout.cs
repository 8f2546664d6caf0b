using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Cells;

/// <content>The receive timeout.</content>
internal sealed partial class ActorCell
{
    private ICancelable? _timeoutDue;

    public TimeSpan? ReceiveTimeout { get; private set; }

    public void SetReceiveTimeout(TimeSpan? timeout) => ReceiveTimeout = timeout;

    /// <summary>A message has come. False if it is of the kind that does not start the timeout anew.</summary>
    private bool HearMessage(object message)
    {
        if (_timeoutDue is null && ReceiveTimeout is null)
        {
            return true;
        }

        var isHeard = message is not INotInfluenceReceiveTimeout;
        if (isHeard)
        {
            CancelDueTimeout();
        }

        return isHeard;
    }

    /// <summary>After a message: starts the timeout anew, or for the first time, or not at all.</summary>
    private void KeepReceiveTimeout(bool isHeard)
    {
        if (ReceiveTimeout is not { } timeout)
        {
            CancelDueTimeout();
        }
        else if ((isHeard || _timeoutDue is null) && !_isTerminated)
        {
            CancelDueTimeout();
            _timeoutDue = _system.Scheduler.ScheduleTellOnceCancelable(timeout, _self, Actor.ReceiveTimeout.Instance, _self);
        }
    }

    private void StopReceiveTimeout()
    {
        ReceiveTimeout = null;
        CancelDueTimeout();
    }

    private void CancelDueTimeout()
    {
        _timeoutDue?.Cancel();
        _timeoutDue = null;
    }
}
