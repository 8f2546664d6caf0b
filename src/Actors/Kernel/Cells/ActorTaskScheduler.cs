namespace Cairn.ActorKernel.Cells;

/// <summary>Runs the pieces of an actor's asynchronous handlers in turns of that actor: at once inside of one, else by a signal.</summary>
internal sealed class ActorTaskScheduler(ActorCell cell) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>The message whose handler runs.</summary>
    public object? Message { get; set; }

    public void Run(Task task) => TryExecuteTask(task);

    protected override void QueueTask(Task task)
    {
        if (CurrentCell.Value == cell)
        {
            TryExecuteTask(task);
        }
        else
        {
            cell.Send(new ContinueTask(task, Message));
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
