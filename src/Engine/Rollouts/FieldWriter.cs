using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Cairn.Storage.Fields;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Writes a batch's field chunks in the background, in order. Holds a bounded number of chunks: a disk slower than the model slows the
/// model down instead of filling the memory. After a failure nothing more is written, and every later call reports it.
/// </summary>
internal sealed class FieldWriter : IDisposable
{
    private readonly IFieldStore _store;
    private readonly Channel<Work> _work;
    private readonly Thread _thread;
    private volatile ExceptionDispatchInfo? _failure;

    /// <param name="store">The store, shared with other batches.</param>
    /// <param name="capacity">Chunks that may wait.</param>
    /// <param name="name">Name of the thread.</param>
    public FieldWriter(IFieldStore store, int capacity, string name)
    {
        _store = store;
        _work = Channel.CreateBounded<Work>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = false });
        _thread = new Thread(Loop) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Hands chunks over; waits while too many are still to be written.</summary>
    public void Write(IReadOnlyList<FieldChunk> chunks)
    {
        foreach (var chunk in chunks)
        {
            Post(new Work(chunk, null));
        }
    }

    /// <summary>Returns once every chunk handed over so far is durable.</summary>
    public void MakeDurable()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new Work(null, done));
        done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _work.Writer.TryComplete();
        _thread.Join();
    }

    private void Post(Work work)
    {
        _failure?.Throw();
        if (!_work.Writer.TryWrite(work))
        {
            _work.Writer.WriteAsync(work).AsTask().GetAwaiter().GetResult();
        }
    }

    private void Loop()
    {
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_work.Reader.TryRead(out var work))
            {
                Do(work);
            }
        }
    }

    private void Do(Work work)
    {
        try
        {
            _failure?.Throw();
            if (work.Chunk is { } chunk)
            {
                _store.WriteChunk(chunk.Member, chunk.FirstOutput, chunk.Variable, chunk.Data.Span);
            }
            else
            {
                _store.Sync();
                work.Durable!.SetResult();
            }
        }
        catch (Exception e)
        {
            // Kept, and thrown at the batch's next call: the thread that steps must hear of it, and nothing may be written after a gap.
            _failure ??= ExceptionDispatchInfo.Capture(e);
            work.Durable?.SetException(e);
        }
    }

    private sealed record Work(FieldChunk? Chunk, TaskCompletionSource? Durable);
}
