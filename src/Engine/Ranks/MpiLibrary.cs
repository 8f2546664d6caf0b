using System.Reflection;

namespace Cairn.Engine.Ranks;

/// <summary>The MPI that MPI.NET calls: any one with the binary interface that MPICH began and many share.</summary>
/// <remarks>MPI.NET names the library of one such MPI, <c>msmpi.dll</c>. Here that name is resolved to the one that the machine has:
/// MPICH's own, Intel's, Cray's or MVAPICH's.</remarks>
public static unsafe class MpiLibrary
{
    /// <summary>Names one library, by its soname or its path, instead of those that are looked for.</summary>
    public const string Variable = "CAIRN_MPI_LIBRARY";

    /// <summary>What the MPIs of this interface call themselves; Debian's MPICH the second.</summary>
    private static readonly string[] Names = ["libmpi.so.12", "libmpich.so.12", "libmpi_cray.so.12", "libmpi_gnu.so.12"];

    /// <summary>Open MPI, whose interface is another.</summary>
    private static readonly string[] OtherNames = ["libmpi.so.40", "libmpi.so.41"];

    private const string Cure = "Install MPICH (Debian: mpich) or load your site's MPICH, Intel MPI, Cray MPICH or MVAPICH, or name its "
        + "libmpi.so.12 in " + Variable + ". Without one, use ranks.launcher = in-process or process.";

    private static readonly (nint Handle, string? Problem) Found = Find(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Why MPI cannot be used here, with what to do about it; null when it can.</summary>
    public static string? Unusable => Found.Problem;

    /// <summary>Name and version of the MPI library, in its own words; known without starting MPI.</summary>
    /// <exception cref="SpecException">MPI cannot be used here.</exception>
    public static string Version
    {
        get
        {
            Require();
            var text = stackalloc byte[8192];
            var length = 0;
            // MPI.NET has no name for this one, which is newer than its MPI.
            var ask = (delegate* unmanaged<byte*, int*, int>)NativeLibrary.GetExport(Found.Handle, "MPI_Get_library_version");
            Check(ask(text, &length), "MPI does not report its version");
            return Encoding.UTF8.GetString(text, length).TrimEnd('\0').Trim();
        }
    }

    /// <summary>Asks for an MPI before the first call of it.</summary>
    internal static void Require()
    {
        if (Unusable is { } problem)
            throw new SpecException($"Ranks cannot exchange through MPI. {problem}");
    }

    /// <summary>Throws what MPI says about an error.</summary>
    internal static void Check(int code, string failure)
    {
        if (code != MPI.Unsafe.MPI_SUCCESS)
            throw new MpiException($"MPI failed: {failure}: {Describe(code)}. Start the gang again; if that does not help, check the "
                + "output of mpiexec.");
    }

    private static string Describe(int code)
    {
        var text = new byte[8192];
        var length = text.Length;
        return MPI.Unsafe.MPI_Error_string(code, text, ref length) == MPI.Unsafe.MPI_SUCCESS
            ? Encoding.UTF8.GetString(text, 0, length).TrimEnd('\0').Trim()
            : $"error {code}";
    }

    private static (nint Handle, string? Problem) Find(string? wanted)
    {
        var (handle, problem) = string.IsNullOrEmpty(wanted) ? FindAny() : FindOne(wanted);
        if (handle != 0)
            NativeLibrary.SetDllImportResolver(typeof(MPI.Communicator).Assembly, (_, _, _) => handle);
        return (handle, problem);
    }

    private static (nint Handle, string? Problem) FindOne(string wanted)
    {
        try
        {
            var handle = NativeLibrary.Load(wanted);
            return IsOfMpich(handle) ? (handle, null) : (0, $"{Variable} names {wanted}, which is {Kind(handle)}. {Cure}");
        }
        catch (DllNotFoundException e)
        {
            return (0, $"{Variable} names {wanted}, which cannot be loaded ({e.Message.Split('\n')[0].Trim()}). {Cure}");
        }
    }

    private static (nint Handle, string? Problem) FindAny()
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var handle) && IsOfMpich(handle))
                return (handle, null);
        }
        var other = Array.Find(OtherNames, name => NativeLibrary.TryLoad(name, out _));
        return (0, other is null
            ? $"No MPI was found: none of {string.Join(", ", Names)} can be loaded. {Cure}"
            : $"Only Open MPI was found ({other}); Cairn needs an MPI with MPICH's binary interface, and found none of "
                + $"{string.Join(", ", Names)}. {Cure} The two may be installed side by side.");
    }

    /// <summary>Handles are numbers in MPICH's interface; Open MPI's are addresses of objects that it exports.</summary>
    private static bool IsOfMpich(nint handle) => Exports(handle, "MPI_Get_library_version") && !IsOpenMpi(handle);

    private static bool IsOpenMpi(nint handle) => Exports(handle, "ompi_mpi_comm_world");
    private static string Kind(nint handle) => IsOpenMpi(handle) ? "Open MPI, whose binary interface differs from MPICH's" : "no MPI";
    private static bool Exports(nint handle, string name) => NativeLibrary.TryGetExport(handle, name, out _);
}

/// <summary>MPI reported an error, with its own text. Exchanges of the rank after that are undefined: its process must end, and a restarted
/// gang may succeed.</summary>
public sealed class MpiException(string message, Exception? inner = null) : TransientException(message, inner);
