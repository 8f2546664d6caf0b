using MPI;

namespace Cairn.Engine.Ranks;

/// <summary>One rank of a gang whose ranks are processes that <c>mpiexec</c> or <c>srun</c> started.</summary>
/// <remarks>MPI calls wait without a deadline, and so does its end. So a rank that is done calls <see cref="Complete"/>, and one that
/// failed does not: its process ends without, which <c>mpiexec</c> notices, or calls <see cref="Abort"/>, and the supervisor of the gang
/// ends the other processes.</remarks>
public sealed unsafe class MpiCommunicator : ICommunicator
{
    /// <summary>Tags tell the two directions apart where both neighbours are the same rank.</summary>
    private const int Down = 1, Up = 2, Part = 3, Peer = 4;

    private readonly MpiTransfers _transfers;

    private MpiCommunicator(int communicator)
    {
        (Rank, Size) = (Communicator.world.Rank, Communicator.world.Size);
        _transfers = new MpiTransfers(communicator, Rank, Math.Max(4, 2 * Size));
    }

    public int Rank { get; }
    public int Size { get; }

    /// <summary>What the MPI grants threads; at least <see cref="MPI.Threading.Serialized"/>.</summary>
    public static MPI.Threading Threads => MPI.Environment.Threading;

    /// <summary>Initialises MPI, which a process can do once. Collective. The thread that calls this is the one to call
    /// <see cref="Complete"/>.</summary>
    /// <exception cref="SpecException">MPI is missing, or does not let another than its first thread call.</exception>
    /// <exception cref="MpiException">MPI could not be initialised, or was before.</exception>
    public static MpiCommunicator Open()
    {
        MpiLibrary.Require();
        if (MPI.Environment.Initialized)
            throw new MpiException("MPI was initialised in this process before, and a process can do that once.");
        string[]? none = null;
        _ = new MPI.Environment(ref none, MPI.Threading.Serialized);
        if (Threads < MPI.Threading.Serialized)
            throw new SpecException($"{MpiLibrary.Version} grants threads the level {Threads}; expected {MPI.Threading.Serialized} or "
                + "more, since ranks step on threads of their own. Use an MPI that was built with thread support.");
        // A communicator of its own, where no other library's messages are met. It inherits that errors are returned.
        MpiLibrary.Check(Unsafe.MPI_Comm_dup(Unsafe.MPI_COMM_WORLD, out var own), "the communicator cannot be duplicated");
        return new MpiCommunicator(own);
    }

    public void Exchange(ReadOnlySpan<byte> toPrevious, Span<byte> fromPrevious, ReadOnlySpan<byte> toNext, Span<byte> fromNext)
    {
        var (previous, next) = ((Rank + Size - 1) % Size, (Rank + 1) % Size);
        fixed (byte* a = toPrevious, b = fromPrevious, c = toNext, d = fromNext)
        {
            _transfers.Receive(b, fromPrevious.Length, previous, Up);
            _transfers.Receive(d, fromNext.Length, next, Down);
            _transfers.Send(a, toPrevious.Length, previous, Down);
            _transfers.Send(c, toNext.Length, next, Up);
            _transfers.Finish("the halo exchange");
        }
    }

    public void Exchange(ReadOnlySpan<PeerBytes> peers, ReadOnlySpan<byte> outgoing, Span<byte> incoming)
    {
        ByteCounts.RequirePeers(peers, outgoing.Length, incoming.Length, Rank, Size);
        fixed (byte* from = outgoing, to = incoming)
        {
            foreach (var peer in peers)
                _transfers.Receive(to + peer.InStart, peer.InCount, peer.Rank, Peer);
            foreach (var peer in peers)
                _transfers.Send(from + peer.OutStart, peer.OutCount, peer.Rank, Peer);
            _transfers.Finish("the exchange with peers");
        }
    }

    /// <remarks>Not MPI's own gather: that one does not report when a rank sends less than was expected of it, and does the same
    /// otherwise.</remarks>
    public void Gather(ReadOnlySpan<byte> part, Span<byte> whole, ReadOnlySpan<int> byteCounts)
    {
        fixed (byte* own = part, all = whole)
        {
            if (Rank == 0)
            {
                ByteCounts.RequireGather(part.Length, whole.Length, byteCounts, Size);
                part.CopyTo(whole);
                for (int rank = 1, at = part.Length; rank < Size; at += byteCounts[rank++])
                    _transfers.Receive(all + at, byteCounts[rank], rank, Part);
            }
            else
            {
                _transfers.Send(own, part.Length, 0, Part);
            }
            _transfers.Finish("the gather");
        }
    }

    /// <summary>Ends the processes of all ranks, this one among them; does not return.</summary>
    /// <exception cref="MpiException">It did.</exception>
    public static void Abort(int exitCode)
    {
        MPI.Environment.Abort(exitCode);
        throw new MpiException("MPI was asked to end the processes of all ranks, but did not.");
    }

    /// <summary>Finalizes MPI. Collective: waits until all ranks do the same. Nothing can be exchanged after that.</summary>
    /// <exception cref="MpiException">MPI was not initialised, or is finalized.</exception>
    public static void Complete()
    {
        if (!MPI.Environment.Initialized || MPI.Environment.Finalized)
            throw new MpiException("MPI cannot be finalized: it is not initialised, or has been finalized already.");
        MpiLibrary.Check(Unsafe.MPI_Finalize(), "it cannot be finalized");
    }

    /// <summary>Does not wait, and leaves MPI as it is; see <see cref="Complete"/>.</summary>
    public void Dispose() { }
}
