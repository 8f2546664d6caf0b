namespace Cairn.Engine.Torch;

/// <summary>Says what to do where libtorch, or the C++ runtime under it, is not what TorchSharp needs.</summary>
internal static class TorchLoading
{
    /// <summary>Turns the loader's words into what is missing and what helps.</summary>
    internal static string Explain(string library, string loader)
    {
        var lines = loader.Split('\n').Select(l => l.Trim()).ToList();
        if (lines.Find(l => l.Contains("GLIBCXX_", StringComparison.Ordinal)) is { } old)
            return $"TorchSharp's library needs the C++ runtime of GCC 13 or newer, and this system's is older ({old}). Start with "
                + "./cairn, which completes it once (gcc is needed) and sets LD_LIBRARY_PATH. Otherwise set LD_LIBRARY_PATH to the "
                + "folder .cairn/libstdcxx of the clone before the process starts.";
        var reason = lines.Find(l => l.Contains(": cannot open shared object file", StringComparison.Ordinal)
                && !l.Contains($"lib{library}", StringComparison.Ordinal))
            ?? lines.Find(l => l.Contains("undefined symbol", StringComparison.Ordinal))
            ?? $"looked beside {typeof(TorchLoading).Assembly.Location} and in the system's library path";
        return $"lib{library}.so cannot be loaded ({reason}). Build Cairn again, or run ./cairn doctor to see what is missing; if it was "
            + "built with -p:Torch=site, LD_LIBRARY_PATH must contain the lib folder of CAIRN_TORCH_PREFIX.";
    }

    /// <summary>Whether libtorch is the version whose C++ names are known here; null when it is.</summary>
    internal static string? Check(Func<string> configuration)
    {
        try
        {
            var found = TorchFingerprint.LibtorchVersion(configuration());
            return found.StartsWith(NativeTorch.KnownVersion + ".", StringComparison.Ordinal) ? null : Wrong($"says that it is {found}");
        }
        catch (EntryPointNotFoundException e)
        {
            return Wrong($"lacks a function ({e.Message})");
        }
    }

    private static string Wrong(string found) =>
        $"libtorch {found}; this Cairn knows {NativeTorch.KnownVersion}. Take the version of the package in Torch.props, "
        + $"or PyTorch {NativeTorch.KnownVersion}'s own libraries (-p:Torch=site).";
}

/// <summary>The CUDA driver's C interface, which one build serves with and without CUDA.</summary>
internal static unsafe class CudaDriver
{
    /// <summary>The name of a device, or nothing where the driver has none.</summary>
    internal static string DeviceName(int index)
    {
        const int Room = 256;
        if (!NativeLibrary.TryLoad("libcuda.so.1", out var driver)
            || !NativeLibrary.TryGetExport(driver, "cuInit", out var start)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGet", out var get)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetName", out var name))
        {
            return "";
        }
        var text = stackalloc byte[Room];
        int device;
        return ((delegate* unmanaged<uint, int>)start)(0) == 0
            && ((delegate* unmanaged<int*, int, int>)get)(&device, index) == 0
            && ((delegate* unmanaged<byte*, int, int, int>)name)(text, Room - 1, device) == 0
                ? Marshal.PtrToStringUTF8((nint)text) ?? ""
                : "";
    }
}
