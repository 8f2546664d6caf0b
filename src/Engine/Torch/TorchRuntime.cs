using System.Globalization;

namespace Cairn.Engine.Torch;

/// <summary>Settings and facts of libtorch in this process.</summary>
public static unsafe class TorchRuntime
{
    /// <summary>Why libtorch cannot be used here, with what to do about it; null when it can.</summary>
    public static string? Unusable => TorchLibrary.Unusable;

    /// <summary>Version of libtorch that the shim was built with.</summary>
    public static string Version => TorchLibrary.Text(NativeTorch.Version);

    /// <summary>What libtorch tells of its build: compiler, BLAS, oneDNN, instruction set in use.</summary>
    public static string Configuration => TorchLibrary.Text(NativeTorch.Config);

    /// <summary>Number of CUDA devices that can be used; 0 also when libtorch was built without CUDA.</summary>
    public static int CudaDeviceCount
    {
        get
        {
            TorchLibrary.Require();
            TorchLibrary.Check(NativeTorch.CudaDeviceCount(out var count));
            return count;
        }
    }

    /// <summary>Threads that one operation uses when called from this thread.</summary>
    public static int Threads
    {
        get
        {
            TorchLibrary.Require();
            TorchLibrary.Check(NativeTorch.GetThreads(out var threads));
            return threads;
        }
    }

    /// <summary>
    /// Makes equal calls give equal bits: deterministic algorithms on; JIT profiling, fusers, cuDNN's benchmark mode and TF32 off. Call it
    /// before the first module is loaded: what was compiled earlier keeps its plan.
    /// </summary>
    public static void UseDeterministicSettings()
    {
        TorchLibrary.Require();
        TorchLibrary.Check(NativeTorch.UseDeterministicSettings());
    }

    /// <summary>
    /// For a process whose business is stepping: memory that tensors free stays with the process, instead of going back to the kernel to be
    /// faulted in again by the next step. Changes no result.
    /// </summary>
    public static void KeepFreedMemory()
    {
        TorchLibrary.Require();
        TorchLibrary.Check(NativeTorch.KeepFreedMemory());
    }

    /// <summary>
    /// Sets how many threads one operation uses. With OpenMP the number belongs to the calling thread, so every thread that steps calls
    /// this. The number shapes rounding: it comes from the spec, never from the machine's load.
    /// </summary>
    public static void SetThreads(int threads)
    {
        TorchLibrary.Require();
        TorchLibrary.Check(NativeTorch.SetThreads(threads));
    }

    /// <summary>
    /// Waits until a device has done all that was asked of it; errors of earlier calls surface here. Nothing to do on the CPU.
    /// </summary>
    public static void Synchronize(TorchDevice device)
    {
        if (device.IsCuda)
        {
            TorchLibrary.Check(NativeTorch.CudaSynchronize(device.Index));
        }
    }

    /// <summary>
    /// What the bits of a result depend on besides the model and its input: <c>libtorch</c>, <c>config</c> (a digest), <c>device</c>,
    /// <c>instruction-set</c>, <c>blas</c> and <c>threads</c>. Call it on a thread that steps, after <see cref="SetThreads"/>.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Fingerprint(TorchDevice device = default) =>
        TorchFingerprint.Compose(Version, Configuration, DeviceText(device), TorchLibrary.Text(NativeTorch.BlasPath), Threads);

    private static string DeviceText(TorchDevice device)
    {
        if (!device.IsCuda)
        {
            return device.TypeName;
        }
        var name = TorchLibrary.Text((byte* text, long capacity, out long needed) =>
            NativeTorch.CudaDeviceName(device.Index, text, capacity, out needed));
        return string.Create(CultureInfo.InvariantCulture, $"{device.TypeName} {name}").TrimEnd();
    }
}
