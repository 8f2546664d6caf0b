namespace Cairn.Engine.Torch;

/// <summary>What TorchSharp has no call for, by the names that the libraries export: pointers to elements, settings of libtorch (C++ names
/// of version 2.10, which <see cref="TorchRuntime"/> checks before the first of them is called), and the C library's own.</summary>
internal static unsafe partial class NativeTorch
{
    /// <summary>The libtorch whose C++ names stand here.</summary>
    internal const string KnownVersion = "2.10";

    private const string TorchSharpLibrary = "LibTorchSharp";
    private const string Libtorch = "libtorch_cpu";

    // Of a std::string as libstdc++ lays it out: where the text is, how long it is, and room for short ones.
    private const int StringBytes = 32;

    /// <summary>A tensor on the CPU over memory that is there, with what to call once the last tensor over it is gone.</summary>
    internal static TorchSharp.torch.Tensor Over(
        nint data, TorchSharp.torch.ScalarType dtype, ReadOnlySpan<long> shape, delegate* unmanaged[Cdecl]<nint, void> release)
    {
        fixed (long* extents = shape)
        {
            return TorchSharp.torch.Tensor.UnsafeCreateTensor(
                New(data, release, extents, shape.Length, (sbyte)dtype, (sbyte)dtype, 0, -1, 0));
        }
    }

    [LibraryImport(TorchSharpLibrary, EntryPoint = "THSTensor_data")]
    internal static partial nint Data(nint tensor);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at13globalContextEv")]
    internal static partial nint GlobalContext();

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at7Context26setDeterministicAlgorithmsEbb")]
    internal static partial void SetDeterministicAlgorithms(nint context, byte on, byte warnOnly);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at7Context39setDeterministicFillUninitializedMemoryEb")]
    internal static partial void SetDeterministicFill(nint context, byte on);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at7Context21setDeterministicCuDNNEb")]
    internal static partial void SetDeterministicCuDnn(nint context, byte on);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at7Context17setBenchmarkCuDNNEb")]
    internal static partial void SetBenchmarkCuDnn(nint context, byte on);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at7Context17setAllowTF32CuDNNEb")]
    internal static partial void SetAllowTf32CuDnn(nint context, byte on);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at7Context18setAllowTF32CuBLASEb")]
    internal static partial void SetAllowTf32CuBlas(nint context, byte on);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    internal static partial void SetNnpack(nint context, byte on);

    /// <summary>A <c>std::atomic&lt;bool&gt;&amp;</c>: whether the JIT watches the first runs of a method and then recompiles it.</summary>
    [LibraryImport(Libtorch, EntryPoint = "_ZN5torch3jit16getProfilingModeEv")]
    internal static partial byte* ProfilingMode();

    /// <summary>A <c>std::atomic&lt;bool&gt;&amp;</c>: whether it is the profiling executor that runs methods.</summary>
    [LibraryImport(Libtorch, EntryPoint = "_ZN5torch3jit15getExecutorModeEv")]
    internal static partial byte* ExecutorMode();

    [LibraryImport(Libtorch, EntryPoint = "_ZN5torch3jit20overrideCanFuseOnCPUEb")]
    internal static partial void OverrideCanFuseOnCpu(byte on);

    [LibraryImport(Libtorch, EntryPoint = "_ZN5torch3jit20overrideCanFuseOnGPUEb")]
    internal static partial void OverrideCanFuseOnGpu(byte on);

    [LibraryImport(Libtorch, EntryPoint = "_ZN5torch3jit25setTensorExprFuserEnabledEb")]
    internal static partial void SetTensorExprFuser(byte on);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    internal static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(TorchSharpLibrary, EntryPoint = "THSTensor_new")]
    private static partial nint New(
        nint data, delegate* unmanaged[Cdecl]<nint, void> release, long* shape, int rank, sbyte type, sbyte dtype, int deviceType,
        int deviceIndex, byte requiresGradient);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* Environment(string name);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at11show_configB5cxx11Ev")]
    private static partial void ShowConfiguration(byte* text);

    [LibraryImport(Libtorch, EntryPoint = "_ZN2at15get_mkl_versionB5cxx11Ev")]
    private static partial void ShowMklVersion(byte* text);

    /// <summary>What libtorch reports of its build: version, compiler, BLAS, oneDNN, instruction set in use.</summary>
    internal static string Configuration()
    {
        var text = stackalloc byte[StringBytes];
        ShowConfiguration(text);
        return Text(text);
    }

    /// <summary>The version of the MKL inside libtorch, in its own words.</summary>
    internal static string MklVersion()
    {
        var text = stackalloc byte[StringBytes];
        ShowMklVersion(text);
        return Text(text);
    }

    /// <summary>A variable as native code of this process sees it; managed code has a copy of its own.</summary>
    internal static string? EnvironmentVariable(string name) => Marshal.PtrToStringUTF8((nint)Environment(name));

    // The long text's memory stays with the process: it is asked for a few times in all.
    private static string Text(byte* text) => Encoding.UTF8.GetString(*(byte**)text, checked((int)*(long*)(text + sizeof(long))));
}
