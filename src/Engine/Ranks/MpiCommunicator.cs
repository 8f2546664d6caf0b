namespace Cairn.Engine.Ranks;

/// <summary>One rank of a gang whose ranks are processes that <c>mpirun</c> or <c>srun</c> started.</summary>
/// <remarks>
/// MPI calls wait without a deadline, and so does its end. So a rank that is done calls <see cref="Complete"/>, and one that failed does
/// not: its process ends without, which <c>mpirun</c> notices, or calls <see cref="Abort"/>, and whoever supervises the gang ends the
/// other processes.
/// </remarks>
public sealed unsafe class MpiCommunicator : ICommunicator
{
    private MpiCommunicator(MpiThreads threads, int rank, int size) => (Threads, Rank, Size) = (threads, rank, size);

    public int Rank { get; }

    public int Size { get; }

    /// <summary>What the MPI grants threads; at least <see cref="MpiThreads.Serialized"/>.</summary>
    public MpiThreads Threads { get; }

    /// <summary>
    /// Initialises MPI, which a process can do once. Collective. The thread that calls this is the one to call <see cref="Complete"/>.
    /// </summary>
    /// <exception cref="SpecException">MPI is missing, or does not let another than its first thread call.</exception>
    /// <exception cref="MpiException">MPI could not be initialised.</exception>
    public static MpiCommunicator Open()
    {
        MpiLibrary.Require();
        MpiLibrary.Check(NativeMpi.Init(MpiThreads.Serialized, out var granted));
        MpiLibrary.Check(NativeMpi.Rank(out var rank));
        MpiLibrary.Check(NativeMpi.Size(out var size));
        return granted >= MpiThreads.Serialized
            ? new MpiCommunicator(granted, rank, size)
            : throw new SpecException($"{MpiLibrary.Version} grants threads the level {granted}; expected {MpiThreads.Serialized} or more, "
                + "since ranks step on threads of their own. Use an MPI that was built with thread support.");
    }

    public void Exchange(ReadOnlySpan<byte> toPrevious, Span<byte> fromPrevious, ReadOnlySpan<byte> toNext, Span<byte> fromNext)
    {
        fixed (byte* a = toPrevious, b = fromPrevious, c = toNext, d = fromNext)
        {
            MpiLibrary.Check(NativeMpi.Exchange(a, toPrevious.Length, b, fromPrevious.Length, c, toNext.Length, d, fromNext.Length));
        }
    }

    public void Exchange(ReadOnlySpan<PeerBytes> peers, ReadOnlySpan<byte> outgoing, Span<byte> incoming)
    {
        ByteCounts.RequirePeers(peers, outgoing.Length, incoming.Length, Rank, Size);
        fixed (PeerBytes* all = peers)
        {
            fixed (byte* a = outgoing, b = incoming)
            {
                MpiLibrary.Check(NativeMpi.ExchangePeers(all, peers.Length, a, b));
            }
        }
    }

    public void Gather(ReadOnlySpan<byte> part, Span<byte> whole, ReadOnlySpan<int> byteCounts)
    {
        if (Rank == 0)
        {
            ByteCounts.RequireGather(part.Length, whole.Length, byteCounts, Size);
        }

        fixed (byte* own = part, all = whole)
        {
            fixed (int* counts = byteCounts)
            {
                MpiLibrary.Check(NativeMpi.Gather(own, part.Length, all, counts));
            }
        }
    }

    /// <summary>Ends the processes of all ranks, this one among them; does not return.</summary>
    public static void Abort(int exitCode) => NativeMpi.Abort(exitCode);

    /// <summary>Finalizes MPI. Collective: waits until all ranks do the same. Nothing can be exchanged after that.</summary>
    /// <exception cref="MpiException">MPI cannot be finalized.</exception>
    public static void Complete() => MpiLibrary.Check(NativeMpi.Complete());

    /// <summary>Waits for nobody, and leaves MPI as it is; see <see cref="Complete"/>.</summary>
    public void Dispose()
    {
    }
}
