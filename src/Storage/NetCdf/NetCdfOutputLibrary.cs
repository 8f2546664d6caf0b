using System.Runtime.InteropServices;

namespace Cairn.Storage.NetCdf;

/// <summary>The calls of libnetcdf that write.</summary>
internal static partial class NetCdfOutputLibrary
{
    internal const int NewFile = 0x4;
    internal const int ClassicModel = 0x100;
    internal const int NetCdf4 = 0x1000;
    internal const int WholeFile = -1;

    // Resolved by NetCdfLibrary, whose static constructor runs with the first Require().
    private const string Name = "cairn-netcdf";

    [LibraryImport(Name, EntryPoint = "nc_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Create(string path, int mode, out int file);

    [LibraryImport(Name, EntryPoint = "nc_create_mem", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreateInMemory(string name, int mode, nuint initialBytes, out int file);

    [LibraryImport(Name, EntryPoint = "nc_close_memio")]
    internal static partial int CloseInMemory(int file, out MemoryFile memory);

    [LibraryImport(Name, EntryPoint = "nc_abort")]
    internal static partial int Abort(int file);

    [LibraryImport(Name, EntryPoint = "nc_def_dim", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int DefineDimension(int file, string name, nuint length, out int dimension);

    [LibraryImport(Name, EntryPoint = "nc_def_var", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int DefineVariable(int file, string name, int type, int rank, int[] dimensions, out int variable);

    [LibraryImport(Name, EntryPoint = "nc_def_var_chunking")]
    internal static partial int DefineChunks(int file, int variable, int contiguous, nuint[] extents);

    [LibraryImport(Name, EntryPoint = "nc_def_var_deflate")]
    internal static partial int DefineDeflate(int file, int variable, int shuffle, int deflate, int level);

    [LibraryImport(Name, EntryPoint = "nc_def_var_fill")]
    internal static partial int DefineFill(int file, int variable, int noFill, in byte value);

    [LibraryImport(Name, EntryPoint = "nc_put_att", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int PutAttribute(int file, int variable, string name, int type, nuint length, in byte values);

    [LibraryImport(Name, EntryPoint = "nc_enddef")]
    internal static partial int EndDefinition(int file);

    [LibraryImport(Name, EntryPoint = "nc_put_vara")]
    internal static partial int PutValues(int file, int variable, nuint[] start, nuint[] count, in byte values);

    /// <summary>NC_memio: what a file in memory has become; the caller frees it with libc's free.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MemoryFile
    {
        internal nuint Size;
        internal nint Memory;
        internal int Flags;
    }
}
