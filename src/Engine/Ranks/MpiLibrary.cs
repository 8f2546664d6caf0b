using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Engine.Ranks;

/// <summary>Facts of the site's MPI, and what its shim's error codes mean.</summary>
public static unsafe class MpiLibrary
{
    /// <summary>A message had another length than was expected of it.</summary>
    private const int WrongLength = 2;

    private static readonly string? Problem = Probe();

    /// <summary>Why MPI cannot be used here, with what to do about it; null when it can.</summary>
    public static string? Unusable => Problem;

    /// <summary>Name and version of the MPI library, in its own words; known without starting MPI.</summary>
    /// <exception cref="SpecException">MPI cannot be used here.</exception>
    public static string Version
    {
        get
        {
            Require();
            Check(NativeMpi.LibraryVersion(null, 0, out var needed));
            var buffer = new byte[needed + 1];
            fixed (byte* text = buffer)
            {
                Check(NativeMpi.LibraryVersion(text, buffer.Length, out needed));
            }

            return Encoding.UTF8.GetString(buffer, 0, (int)needed).Trim();
        }
    }

    internal static void Require()
    {
        if (Problem is not null)
        {
            throw new SpecException($"Ranks were to exchange through MPI. {Problem}");
        }
    }

    internal static void Check(int code)
    {
        if (code != 0)
        {
            var text = Marshal.PtrToStringUTF8((nint)NativeMpi.LastError()) ?? "";
            throw code == WrongLength
                ? new SpecException($"{text}: the two do not agree on how the domain is cut, or on the number of members.")
                : new MpiException($"MPI failed: {text}. Start the gang anew; if that does not help, see what mpirun printed.");
        }
    }

    private static string? Probe()
    {
        const string Cure = "Install an MPI (Debian: libopenmpi-dev openmpi-bin, or libmpich-dev mpich) and start ./cairn again: it builds "
            + "the shim. Without one, ranks.launcher = in-process does.";
        try
        {
            var found = NativeMpi.AbiVersion();
            return found == NativeMpi.Abi
                ? null
                : $"{NativeMpi.Library}.so has ABI {found}; this Cairn expects {NativeMpi.Abi}: it was built from another version. {Cure}";
        }
        catch (DllNotFoundException e)
        {
            // The loader's text names the file that is really missing, which may be MPI itself rather than the shim.
            var reason = e.Message.Split('\n')
                .FirstOrDefault(l => l.Contains(": cannot open shared object file", StringComparison.Ordinal)
                    && !l.Contains(NativeMpi.Library, StringComparison.Ordinal))
                ?? $"looked beside {typeof(MpiLibrary).Assembly.Location} and in the system's library path";
            return $"{NativeMpi.Library}.so, Cairn's shim over MPI, cannot be loaded ({reason.Trim()}). {Cure}";
        }
    }
}
