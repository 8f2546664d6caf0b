using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace Cairn.Engine.Models.Onnx;

/// <summary>Settings and facts of ONNX Runtime in this process.</summary>
public static class OnnxLibrary
{
    private const string Cuda = "CUDAExecutionProvider";
    private static readonly Lazy<OrtEnv> Environment = new(Load);

    /// <summary>Why it cannot be used here, with what to do about it; null when it can.</summary>
    public static string? Unusable
    {
        get
        {
            try
            {
                _ = Environment.Value;
                return null;
            }
            catch (SpecException e)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Version of the library.</summary>
    /// <exception cref="SpecException">It cannot be loaded.</exception>
    public static string Version => Environment.Value.GetVersionString();

    /// <summary>What it can step on, by its own names, such as <c>CPUExecutionProvider</c>.</summary>
    /// <exception cref="SpecException">It cannot be loaded.</exception>
    public static IReadOnlyList<string> Providers => Environment.Value.GetAvailableProviders();

    /// <summary>Whether it can step on a CUDA device.</summary>
    internal static bool HasCuda => Providers.Contains(Cuda);

    /// <summary>What bits depend on besides libtorch's facts: its version, and the instructions that its kernels choose on this CPU, which
    /// cannot be configured to use fewer.</summary>
    internal static IReadOnlyDictionary<string, string> Fingerprint() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["onnxruntime"] = Version,
        ["onnxruntime-instruction-set"] = Avx512F.IsSupported ? "AVX512" : Avx2.IsSupported && Fma.IsSupported ? "AVX2" : "DEFAULT",
    };

    /// <summary>Opens a file with settings under which equal calls give equal bits.</summary>
    internal static InferenceSession Open(string path, Device device, int threads)
    {
        _ = Environment.Value;
        using var options = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        // Other batches and ranks want the cores on which a thread would spin between two operations.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (device.IsCuda())
            UseCuda(options, device);
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new DataException($"ONNX Runtime {Version} cannot load '{path}': {e.Message}\n"
                + "Expected an ONNX file with standard operators of an opset that it knows: export it anew with an older opset "
                + "(torch.onnx.export(..., opset_version=17)), and without operators of your own.", e);
        }
    }

    private static void UseCuda(SessionOptions options, Device device)
    {
        if (!HasCuda)
            throw new SpecException($"model.device is {device}, but ONNX Runtime {Version} has only "
                + $"{string.Join(", ", Providers)} here. Use model.device = cpu, or build with "
                + "CAIRN_TORCH=cuda, which takes its GPU package.");
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string>
        {
            ["device_id"] = Math.Max(device.index, 0).ToString(CultureInfo.InvariantCulture),
            // By default convolutions are timed, and whichever algorithm is fastest just then is taken.
            ["cudnn_conv_algo_search"] = "DEFAULT",
            ["use_tf32"] = "0",
        });
        options.AppendExecutionProvider_CUDA(cuda);
    }

    private static OrtEnv Load()
    {
        try
        {
            // The exception says what failed; the library would also write it to standard error.
            var options = new EnvironmentCreationOptions { logId = "cairn", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            return OrtEnv.IsCreated ? OrtEnv.Instance() : OrtEnv.CreateInstanceWithOptions(ref options);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new SpecException($"model.kind = onnx needs ONNX Runtime, whose library cannot be loaded here: "
                + $"{(e.InnerException ?? e).Message} Start with ./cairn, which builds with the package of Torch.props.", e);
        }
    }
}
