using System.Reflection;
using System.Runtime.Intrinsics.X86;

namespace Cairn.Engine.Torch;

/// <summary>Settings and facts of libtorch in this process.</summary>
public static unsafe class TorchRuntime
{
    /// <summary>Intel's "conditional numerical reproducibility": which instructions MKL may use.</summary>
    internal const string MklMode = "MKL_CBWR";

    // The same instructions on every CPU that has AVX2: matrix products (MKL), libtorch's own loops, convolutions (oneDNN).
    private static readonly (string Name, string Value)[] SameOnEveryCpu =
        [(MklMode, "AVX2"), ("ATEN_CPU_CAPABILITY", "avx2"), ("ONEDNN_MAX_CPU_ISA", "AVX2")];

    private static readonly string? Problem = Load();

    /// <summary>Why libtorch cannot be used here, with what to do about it; null when it can.</summary>
    public static string? Unusable => Problem;

    /// <summary>Version of libtorch by the library itself.</summary>
    public static string Version => TorchFingerprint.LibtorchVersion(Configuration);

    /// <summary>Version of TorchSharp.</summary>
    public static string TorchSharpVersion =>
        typeof(Tensor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "unknown";

    /// <summary>What libtorch reports of its build: compiler, BLAS, oneDNN, instruction set in use.</summary>
    public static string Configuration
    {
        get
        {
            Require();
            return NativeTorch.Configuration();
        }
    }

    /// <summary>Number of CUDA devices that can be used; 0 also when libtorch was built without CUDA.</summary>
    public static int CudaDeviceCount
    {
        get
        {
            Require();
            return cuda.is_available() ? cuda.device_count() : 0;
        }
    }

    /// <summary>Threads that one operation uses when called from this thread.</summary>
    public static int Threads
    {
        get
        {
            Require();
            return get_num_threads();
        }
    }

    /// <summary>Makes equal calls give equal bits: deterministic algorithms on; JIT profiling, fusers, cuDNN's benchmark mode and TF32 off.
    /// Call it before the first module is loaded: what was compiled earlier keeps its plan.</summary>
    public static void UseDeterministicSettings()
    {
        Require();
        // cuBLAS reads this when it first makes a handle; without it, deterministic algorithms refuse every matrix product on a device.
        _ = NativeTorch.SetEnvironment("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
        var context = NativeTorch.GlobalContext();
        NativeTorch.SetDeterministicAlgorithms(context, 1, 0);
        // A model that reads what it never wrote is found by the trial at load; filling every new tensor would cost each step.
        NativeTorch.SetDeterministicFill(context, 0);
        NativeTorch.SetDeterministicCuDnn(context, 1);
        NativeTorch.SetBenchmarkCuDnn(context, 0);
        NativeTorch.SetAllowTf32CuDnn(context, 0);
        NativeTorch.SetAllowTf32CuBlas(context, 0);
        // Convolutions of NNPACK are for some CPUs only, round otherwise, and on the others it complains at each call.
        NativeTorch.SetNnpack(context, 0);
        *NativeTorch.ProfilingMode() = 0;
        *NativeTorch.ExecutorMode() = 0;
        NativeTorch.OverrideCanFuseOnCpu(0);
        NativeTorch.OverrideCanFuseOnGpu(0);
        NativeTorch.SetTensorExprFuser(0);
    }

    /// <summary>For a process whose business is stepping: memory that tensors free stays with the process, instead of going back to the
    /// kernel to be faulted in again by the next step. Changes no result.</summary>
    public static void KeepFreedMemory()
    {
        // A step frees and takes the same blocks over and over. By default glibc gives large ones back to the kernel each time, and the
        // page faults that follow cost more than the arithmetic of a small model. 32 MiB is the largest threshold that it takes.
        const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3;
        _ = NativeTorch.MallOpt(MmapThreshold, 32 << 20);
        _ = NativeTorch.MallOpt(TrimThreshold, 1 << 30);
        _ = NativeTorch.MallOpt(TopPad, 16 << 20);
    }

    /// <summary>Sets how many threads one operation uses. With OpenMP the number belongs to the calling thread, so every thread that steps
    /// calls this. The number shapes rounding: it comes from the spec, never from the machine's load.</summary>
    public static void SetThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Require();
        set_num_threads(threads);
    }

    /// <summary>Waits until a device has done all that was asked of it; errors of earlier calls surface here. Nothing to do on the
    /// CPU.</summary>
    public static void Synchronize(Device? device)
    {
        if (device is not null && device.IsCuda())
            cuda.synchronize(device);
    }

    /// <summary>What the bits of a result depend on besides the model and its input: <c>torchsharp</c>, <c>libtorch</c>, <c>config</c> (a
    /// digest), <c>device</c>, <c>instruction-set</c>, <c>mkl</c>, <c>mkl-cbwr</c> and <c>threads</c>. Call it on a thread that steps,
    /// after <see cref="SetThreads"/>.</summary>
    public static IReadOnlyDictionary<string, string> Fingerprint(Device? device = null)
    {
        var configuration = Configuration;
        return TorchFingerprint.Compose(
            TorchSharpVersion, configuration, DeviceText(device ?? CPU), NativeTorch.MklVersion(),
            NativeTorch.EnvironmentVariable(MklMode) ?? "not set", Threads);
    }

    /// <summary>Called by whatever makes a tensor out of nothing.</summary>
    internal static void Require()
    {
        if (Problem is not null)
            throw new TorchException(Problem);
    }

    private static string? Load()
    {
        if (Avx2.IsSupported && Fma.IsSupported)
        {
            // Each is read at its library's first call. What the user has set stays.
            foreach (var (name, value) in SameOnEveryCpu)
                _ = NativeTorch.SetEnvironment(name, value, 0);
        }
        foreach (var library in (string[])["torch_cpu", "LibTorchSharp"])
        {
            try
            {
                // From within TorchSharp's own assembly, as it would do itself.
                _ = NativeLibrary.Load(library, typeof(Tensor).Assembly, null);
            }
            catch (DllNotFoundException e)
            {
                return TorchLoading.Explain(library, e.Message);
            }
        }
        return TorchLoading.Check(NativeTorch.Configuration);
    }

    private static string DeviceText(Device device)
    {
        var name = device.IsCuda() ? CudaDriver.DeviceName(Math.Max(device.index, 0)) : "";
        return string.Create(CultureInfo.InvariantCulture, $"{(device.IsCuda() ? "cuda" : "cpu")} {name}").TrimEnd();
    }
}
