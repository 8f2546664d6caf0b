using System.Reflection;
using System.Runtime.InteropServices;

namespace Cairn.Storage.NetCdf;

/// <summary>The site's libnetcdf. It is not thread safe (nor is the HDF5 below it), so every call in the process is made between
/// <see cref="Enter"/> and the end of its scope.</summary>
public static partial class NetCdfLibrary
{
    private const string Name = "cairn-netcdf";

    private static readonly string[] FileNames =
        ["libnetcdf.so.19", "libnetcdf.so", "libnetcdf.so.22", "libnetcdf.so.18", "libnetcdf.so.15", "libnetcdf.so.13"];

    private static readonly Lazy<nint> Handle = new(Load);

    private static readonly Lock Gate = new();

    static NetCdfLibrary() => NativeLibrary.SetDllImportResolver(typeof(NetCdfLibrary).Assembly, Resolve);

    /// <summary>The library's version, or null when it is not installed.</summary>
    public static string? Version
    {
        get
        {
            if (Handle.Value == 0)
                return null;

            using (Enter())
            {
                return Marshal.PtrToStringUTF8(InquireVersion());
            }
        }
    }

    /// <summary>What to do when <see cref="Version"/> is null.</summary>
    public static string HowToInstall =>
        $"libnetcdf was not found (tried {string.Join(", ", FileNames)}). Install it with: apt-get install netcdf-bin";

    /// <summary>Waits until no other thread is in the library.</summary>
    internal static unsafe Lock.Scope Enter()
    {
        var scope = Gate.EnterScope();
        // libnetcdf asks HDF5 for attributes that may not be there, and silences its messages: on its first thread only.
        if (NativeLibrary.TryGetExport(Handle.Value, "H5Eset_auto2", out var setAuto))
            _ = ((delegate* unmanaged<long, nint, nint, int>)setAuto)(0, 0, 0);

        return scope;
    }

    internal static void Require()
    {
        if (Handle.Value == 0)
            throw new SpecException(HowToInstall);
    }

    /// <summary>Throws what the library says about a status other than 0.</summary>
    internal static void Check(int status, string path, string doing)
    {
        if (status != 0)
            throw new DataException($"{path}: {doing} failed: {Reason(status)} (libnetcdf status {status}). "
                + $"Check the file with: ncdump -h {path}");
    }

    /// <summary>What the library says about a status.</summary>
    internal static string? Reason(int status) => Marshal.PtrToStringUTF8(ErrorText(status));

    private static nint Load()
    {
        foreach (var name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                LeaveExitAlone(handle);
                LeaveLocksAlone();
                return handle;
            }
        }

        return 0;
    }

    /// <summary>HDF5 closes at the end of the process what is still open: for a file that could not be closed on a full disk, it follows
    /// pointers to freed memory, and the process crashes instead of returning its exit code. Every file is closed here, so nothing is left
    /// to it.</summary>
    private static unsafe void LeaveExitAlone(nint handle)
    {
        // Of no effect once HDF5 has begun, therefore before the first call of the library.
        if (NativeLibrary.TryGetExport(handle, "H5dont_atexit", out var dontAtExit))
            _ = ((delegate* unmanaged<int>)dontAtExit)();
    }

    /// <summary>HDF5 locks a file that it writes, through a descriptor that every process inherits which is started meanwhile: the file
    /// then counts as locked for as long as that process lives. Here files are written under names of their own and renamed, so that no
    /// lock is needed. A value from the user's environment is kept.</summary>
    private static void LeaveLocksAlone() => _ = SetEnvironment("HDF5_USE_FILE_LOCKING", "FALSE", overwrite: 0);

    // .NET keeps an environment of its own, which libraries do not see.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Name ? Handle.Value : 0;

    [LibraryImport(Name, EntryPoint = "nc_inq_libvers")]
    private static partial nint InquireVersion();

    [LibraryImport(Name, EntryPoint = "nc_strerror")]
    private static partial nint ErrorText(int status);

    [LibraryImport(Name, EntryPoint = "nc_open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int mode, out int file);

    [LibraryImport(Name, EntryPoint = "nc_open_mem", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenInMemory(string name, int mode, nuint size, nint memory, out int file);

    [LibraryImport(Name, EntryPoint = "nc_close")]
    internal static partial int Close(int file);

    [LibraryImport(Name, EntryPoint = "nc_inq_dimids")]
    internal static partial int InquireDimensions(int file, out int count, [Out] int[]? ids, int includeParents);

    [LibraryImport(Name, EntryPoint = "nc_inq_unlimdims")]
    internal static partial int InquireUnlimited(int file, out int count, [Out] int[]? ids);

    [LibraryImport(Name, EntryPoint = "nc_inq_dim")]
    internal static partial int InquireDimension(int file, int id, [Out] byte[] name, out nuint length);

    [LibraryImport(Name, EntryPoint = "nc_inq_nvars")]
    internal static partial int InquireVariableCount(int file, out int count);

    [LibraryImport(Name, EntryPoint = "nc_inq_varndims")]
    internal static partial int InquireVariableRank(int file, int variable, out int rank);

    [LibraryImport(Name, EntryPoint = "nc_inq_var")]
    internal static partial int InquireVariable(
        int file, int variable, [Out] byte[] name, out int type, out int rank, [Out] int[] dimensions, out int attributes);

    [LibraryImport(Name, EntryPoint = "nc_inq_natts")]
    internal static partial int InquireAttributeCount(int file, out int count);

    [LibraryImport(Name, EntryPoint = "nc_inq_attname")]
    internal static partial int InquireAttributeName(int file, int variable, int index, [Out] byte[] name);

    [LibraryImport(Name, EntryPoint = "nc_inq_att", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int InquireAttribute(int file, int variable, string name, out int type, out nuint length);

    [LibraryImport(Name, EntryPoint = "nc_get_att_text", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetTextAttribute(int file, int variable, string name, [Out] byte[] text);

    [LibraryImport(Name, EntryPoint = "nc_get_att_double", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetDoubleAttribute(int file, int variable, string name, [Out] double[] values);

    [LibraryImport(Name, EntryPoint = "nc_get_att_string", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetStringAttribute(int file, int variable, string name, [Out] nint[] values);

    [LibraryImport(Name, EntryPoint = "nc_free_string")]
    internal static partial int FreeStrings(nuint count, nint[] values);

    [LibraryImport(Name, EntryPoint = "nc_get_vara_double")]
    internal static partial int GetDoubles(int file, int variable, nuint[] start, nuint[] count, [Out] double[] values);
}
