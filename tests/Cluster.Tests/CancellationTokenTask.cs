namespace Cairn.Cluster.Tests;

/// <summary>Waits for a cancellation token without a timer of its own.</summary>
internal static class CancellationTokenTask
{
    /// <summary>A task that completes when the token is cancelled.</summary>
    public static Task AsTask(this CancellationToken token)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(source.SetResult);
        return source.Task;
    }
}
