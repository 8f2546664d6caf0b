namespace Cairn.Actors.Remote;

/// <summary>A process that has come to its gang's socket, and what is known of it.</summary>
/// <param name="connection">Its connection.</param>
/// <param name="hello">Who it said it is.</param>
internal sealed class MpiPlace(WireConnection connection, WireMessage.Hello hello)
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its connection.</summary>
    public WireConnection Connection { get; } = connection;

    /// <summary>Its rank, once MPI has told.</summary>
    public int? Rank { get; set; }

    /// <summary>Completes when its socket has closed: it has ended, or does at once.</summary>
    public Task Gone => _gone.Task;

    /// <summary>For people.</summary>
    public override string ToString() => $"process {hello.Pid} on {hello.Host}";

    /// <summary>Its socket has closed.</summary>
    public void Close() => _gone.TrySetResult();

    /// <summary>Kills it where that can be done from here: on this host, as long as its socket shows that it is the same process.</summary>
    public void Kill()
    {
        if (!Gone.IsCompleted && Connection.IsLocal && hello.Host == Environment.MachineName)
        {
            OwnEnd.Kill(hello.Pid);
        }
    }
}
