using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Cells;

/// <content>Asynchronous handlers: their pieces run in turns of the actor, which handles no message between them.</content>
internal sealed partial class ActorCell
{
    private ActorTaskScheduler? _tasks;

    /// <summary>Runs code whose awaits come back into this actor. An exception of it is the actor's failure.</summary>
    public void RunTask(Func<Task> code)
    {
        var tasks = _tasks ??= new(this);
        Suspend();
        tasks.Message = CurrentMessage;
        Task.Factory.StartNew(code, CancellationToken.None, TaskCreationOptions.None, tasks).Unwrap()
            .ContinueWith(FinishTask, CancellationToken.None, TaskContinuationOptions.None, tasks);
    }

    /// <summary>Runs the next piece of a handler.</summary>
    public void Continue(Task task, object? message)
    {
        CurrentMessage = message;
        _tasks!.Run(task);
        if (_failed is null)
        {
            CurrentMessage = null;
        }
    }

    private void FinishTask(Task task)
    {
        var message = _tasks!.Message;
        _tasks.Message = null;
        Resume();
        if (task.IsCompletedSuccessfully)
        {
            KeepReceiveTimeout(message is not INotInfluenceReceiveTimeout);
            return;
        }

        CurrentMessage = message;
        Fail(task.Exception is { InnerExceptions: [var only] } ? only : task.Exception ?? (Exception)new TaskCanceledException(task));
    }
}
