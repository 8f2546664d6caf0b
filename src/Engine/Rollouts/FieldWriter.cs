using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Cairn.Engine.Rollouts;

/// <summary>Writes a batch's field chunks in the background, in order. Holds a bounded number of chunks: a disk slower than the model slows
/// the model down instead of filling the memory. After a failure nothing more is written, and every later call reports it.</summary>
internal sealed class FieldWriter : IDisposable
{
    private readonly IFieldStore _store;
    private readonly Channel<Work> _work;
    private readonly Thread _thread;
    private volatile ExceptionDispatchInfo? _failure;

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
            ObjectDisposedException.ThrowIf(!Post(new Work(chunk, null)), this);
    }

    /// <summary>Returns once every chunk handed over so far is durable. A commit in flight may still call it after <see cref="Dispose"/>:
    /// the batch failed after that boundary, which is none of that commit's concern.</summary>
    public void MakeDurable()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Post(new Work(null, done)))
        {
            done.Task.GetAwaiter().GetResult();
            return;
        }
        _thread.Join();
        _failure?.Throw();
        _store.Sync();
    }

    public void Dispose()
    {
        _work.Writer.TryComplete();
        _thread.Join();
    }

    /// <summary>Hands work to the thread, waiting for room; false once the writer is disposed.</summary>
    private bool Post(Work work)
    {
        _failure?.Throw();
        return _work.Writer.TryWrite(work)
            || StorageMeter.Stalled(StallCause.Fields, (Writer: this, work), static post => post.Writer.PostWhenThereIsRoom(post.work));
    }

    private bool PostWhenThereIsRoom(Work work)
    {
        while (_work.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
        {
            if (_work.Writer.TryWrite(work))
                return true;
        }
        return false;
    }

    private void Loop()
    {
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_work.Reader.TryRead(out var work))
                Do(work);
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
            // Any exception is kept and thrown at the batch's next call: the stepping thread must receive it, nothing may be
            // written after a gap, and an exception that leaves this thread would end every other batch too.
            _failure ??= ExceptionDispatchInfo.Capture(e);
            work.Durable?.SetException(e);
        }
    }

    private sealed record Work(FieldChunk? Chunk, TaskCompletionSource? Durable);
}
