using System.Runtime.InteropServices;

namespace Cairn.Engine.Ranks;

/// <summary>
/// The C ABI of <c>native/mpi/cairn_mpi.h</c>, one declaration a function. Results other than 0 go through
/// <see cref="MpiLibrary.Check"/>.
/// </summary>
internal static unsafe partial class NativeMpi
{
    internal const string Library = "libcairn_mpi";
    internal const int Abi = 2;

    [LibraryImport(Library, EntryPoint = "cairn_mpi_abi")]
    internal static partial int AbiVersion();

    [LibraryImport(Library, EntryPoint = "cairn_mpi_last_error")]
    internal static partial byte* LastError();

    [LibraryImport(Library, EntryPoint = "cairn_mpi_library")]
    internal static partial int LibraryVersion(byte* text, long capacity, out long needed);

    [LibraryImport(Library, EntryPoint = "cairn_mpi_init")]
    internal static partial int Init(MpiThreads wanted, out MpiThreads granted);

    [LibraryImport(Library, EntryPoint = "cairn_mpi_finalize")]
    internal static partial int Complete();

    [LibraryImport(Library, EntryPoint = "cairn_mpi_rank")]
    internal static partial int Rank(out int rank);

    [LibraryImport(Library, EntryPoint = "cairn_mpi_size")]
    internal static partial int Size(out int size);

    [LibraryImport(Library, EntryPoint = "cairn_mpi_exchange")]
    internal static partial int Exchange(
        byte* toPrevious, int toPreviousBytes, byte* fromPrevious, int fromPreviousBytes,
        byte* toNext, int toNextBytes, byte* fromNext, int fromNextBytes);

    [LibraryImport(Library, EntryPoint = "cairn_mpi_exchange_peers")]
    internal static partial int ExchangePeers(PeerBytes* peers, int count, byte* outgoing, byte* incoming);

    [LibraryImport(Library, EntryPoint = "cairn_mpi_gather")]
    internal static partial int Gather(byte* part, int partBytes, byte* whole, int* bytes);

    [LibraryImport(Library, EntryPoint = "cairn_mpi_abort")]
    internal static partial void Abort(int exitCode);
}
