using System.Globalization;
using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Cells;
using Cairn.ActorKernel.Mailboxes;

namespace Cairn.ActorKernel.References;

/// <summary>The handle that an asker gives as sender: the first answer completes its task, later ones are dead letters.</summary>
internal sealed class AnswerRef<T>(LocalActorSystem system) : ActorRefBase, ISystemReceiver
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActorPath? _path;

    public Task<T> Answer => _answer.Task;

    /// <summary>Made when somebody asks for it, which few do.</summary>
    public override ActorPath Path
    {
        get
        {
            if (_path is null)
            {
                var uid = system.NextUid();
                Interlocked.CompareExchange(ref _path, new ChildPath(system.TemporaryPath, ChildNames.Nth(uid), uid), null);
            }

            return _path;
        }
    }

    public ActorSystem System => system;

    public void ExpireWith(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (timeout is { } after && after > TimeSpan.Zero)
        {
            var timer = new CancellationTokenSource(after, system.Clock);
            timer.Token.Register(() => _answer.TrySetException(new AskTimeoutException(
                string.Create(CultureInfo.InvariantCulture, $"Timeout after {after.TotalSeconds:F2} seconds"))));
            DisposeWithAnswer(timer);
        }

        if (cancellationToken.CanBeCanceled)
        {
            DisposeWithAnswer(cancellationToken.Register(() => _answer.TrySetCanceled(cancellationToken)));
        }
    }

    /// <summary>Of all signals, the end of a watched actor is an answer.</summary>
    public void Send(SystemMessage signal)
    {
        if (signal is WatchedStopped stopped)
        {
            TellInternal(new Terminated(stopped.Actor, stopped.ExistenceConfirmed), stopped.Actor);
        }
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!Take(message) && !_answer.Task.IsCanceled)
        {
            system.DeadLetters.Tell(message, this);
        }
    }

    private void DisposeWithAnswer(IDisposable resource) => _answer.Task.ContinueWith(
        static (_, held) => ((IDisposable)held!).Dispose(),
        resource,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>False if the message is no use as an answer, be it too late or of a wrong type.</summary>
    private bool Take(object message)
    {
        switch (message)
        {
            case T answer:
                return _answer.TrySetResult(answer);
            case Status.Failure failure:
                return _answer.TrySetException(failure.Cause);
            default:
                _answer.TrySetException(new ArgumentException(
                    $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]"));
                return false;
        }
    }
}
