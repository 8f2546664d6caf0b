using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Engine.Torch;

/// <summary>Loads the shim once, and turns its error codes into exceptions.</summary>
internal static unsafe class TorchLibrary
{
    private static readonly string? Problem = Probe();

    /// <summary>Reads one of the shim's texts: called with no room it tells the length.</summary>
    internal delegate int TextReader(byte* text, long capacity, out long needed);

    /// <summary>Why the shim cannot be used, or null when it can.</summary>
    internal static string? Unusable => Problem;

    /// <summary>Called by everything that makes a handle out of nothing; whoever holds a handle has passed here.</summary>
    internal static void Require()
    {
        if (Problem is not null)
        {
            throw new TorchException(Problem) { Fault = TorchFault.Missing };
        }
    }

    internal static void Check(int code)
    {
        if (code != 0)
        {
            throw Failure(code);
        }
    }

    internal static string Text(TextReader read)
    {
        Require();
        Check(read(null, 0, out var needed));
        var buffer = new byte[needed + 1];
        fixed (byte* text = buffer)
        {
            Check(read(text, buffer.Length, out needed));
        }
        return Encoding.UTF8.GetString(buffer, 0, (int)needed);
    }

    private static TorchException Failure(int code)
    {
        var text = Marshal.PtrToStringUTF8((nint)NativeTorch.LastError()) ?? "";
        return new TorchException(TorchMessage.Clean(text)) { Fault = (TorchFault)code };
    }

    private static string? Probe()
    {
        const string Cure = "Run ./cairn doctor to see what is missing, or build it: "
            + "cmake -S native -B native/build -DCMAKE_BUILD_TYPE=Release && cmake --build native/build, then build Cairn again.";
        try
        {
            var found = NativeTorch.AbiVersion();
            return found == NativeTorch.Abi
                ? null
                : $"{NativeTorch.Library}.so has ABI {found}; this Cairn expects {NativeTorch.Abi}: "
                    + $"it was built from another version. {Cure}";
        }
        catch (DllNotFoundException e)
        {
            // The loader's text names the file that is really missing, which may be libtorch itself rather than the shim.
            var reason = e.Message.Split('\n')
                .FirstOrDefault(l => l.Contains(": cannot open shared object file", StringComparison.Ordinal)
                    && !l.Contains(NativeTorch.Library, StringComparison.Ordinal))
                ?? $"looked beside {typeof(TorchLibrary).Assembly.Location} and in the system's library path";
            return $"{NativeTorch.Library}.so, Cairn's shim over libtorch, cannot be loaded ({reason.Trim()}). {Cure}";
        }
    }
}
