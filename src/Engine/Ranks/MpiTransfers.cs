using MPI;

namespace Cairn.Engine.Ranks;

/// <summary>Messages of one rank that are under way together: begun one by one, receives first, then finished. Each must be as long as it
/// was expected to be.</summary>
/// <remarks>MPI.NET's typed calls take arrays; a model's bytes lie in tensors, so these use its bindings of the same MPI functions, by
/// address. The memory must stay where it is until all are finished.</remarks>
/// <param name="communicator">MPI's handle.</param>
/// <param name="most">How many may be under way.</param>
internal sealed unsafe class MpiTransfers(int communicator, int rank, int most)
{
    /// <summary>Some tens of microseconds: what a neighbour that is on a core of its own may be late by.</summary>
    private const int PollsBeforeYield = 200;

    private readonly int[] _requests = new int[most];
    private readonly (int From, int Bytes)[] _expected = new (int, int)[most];
    private int _receives;
    private int _count;

    /// <summary>Begins to receive so many bytes from a rank.</summary>
    internal void Receive(byte* to, int bytes, int from, int tag)
    {
        _expected[_receives++] = (from, bytes);
        Begin(Unsafe.MPI_Irecv((nint)to, bytes, Unsafe.MPI_BYTE, from, tag, communicator, out _requests[_count]));
    }

    /// <summary>Begins to send so many bytes to a rank.</summary>
    internal void Send(byte* from, int bytes, int to, int tag) =>
        Begin(Unsafe.MPI_Isend((nint)from, bytes, Unsafe.MPI_BYTE, to, tag, communicator, out _requests[_count]));

    /// <summary>Waits for all of them.</summary>
    internal void Finish(string what)
    {
        try
        {
            for (var i = 0; i < _count; i++)
            {
                var code = Wait(ref _requests[i], out var status);
                if (i < _receives)
                    RequireLength(code, ref status, _expected[i], what);
                else
                    MpiLibrary.Check(code, what);
            }
        }
        catch (CairnException)
        {
            GiveUp();
            throw;
        }
        (_receives, _count) = (0, 0);
    }

    /// <summary>Not MPI's own wait: MPICH's never yields its core, so with more ranks than cores each message costs a time slice.</summary>
    private static int Wait(ref int request, out Unsafe.MPI_Status status)
    {
        for (var polls = 1; ; polls++)
        {
            var code = Unsafe.MPI_Test(ref request, out var isDone, out status);
            if (isDone != 0 || code != Unsafe.MPI_SUCCESS)
                return code;
            if (polls > PollsBeforeYield)
                Thread.Yield();
        }
    }

    private void Begin(int code)
    {
        if (code == Unsafe.MPI_SUCCESS)
        {
            _count++;
            return;
        }
        GiveUp();
        MpiLibrary.Check(code, "a message cannot be started");
    }

    private void RequireLength(int code, ref Unsafe.MPI_Status status, (int From, int Bytes) expected, string what)
    {
        if (code == Unsafe.MPI_SUCCESS)
        {
            MpiLibrary.Check(Unsafe.MPI_Get_count(ref status, Unsafe.MPI_BYTE, out var count), what);
            ByteCounts.RequireSame(count, expected.Bytes, expected.From, rank);
            return;
        }
        _ = Unsafe.MPI_Error_class(code, out var kind);
        if (kind == Unsafe.MPI_ERR_TRUNCATE)
            throw ByteCounts.TooMany(expected.Bytes, expected.From, rank);
        MpiLibrary.Check(code, what);
    }

    /// <summary>Nothing may write into the caller's memory once a call has failed.</summary>
    private void GiveUp()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_requests[i] != Unsafe.MPI_REQUEST_NULL)
            {
                if (i < _receives)
                    _ = Unsafe.MPI_Cancel(ref _requests[i]);
                _ = Unsafe.MPI_Request_free(ref _requests[i]);
            }
        }
        (_receives, _count) = (0, 0);
    }
}
