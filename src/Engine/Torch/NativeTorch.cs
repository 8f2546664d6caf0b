using System.Runtime.InteropServices;

namespace Cairn.Engine.Torch;

/// <summary>
/// The C ABI of <c>native/torch/cairn_torch.h</c>, one declaration a function. Results other than 0 go through <see
/// cref="TorchLibrary.Check"/>.
/// </summary>
internal static unsafe partial class NativeTorch
{
    internal const string Library = "libcairn_torch";
    internal const int Abi = 3;

    [LibraryImport(Library, EntryPoint = "cairn_torch_abi")]
    internal static partial int AbiVersion();

    [LibraryImport(Library, EntryPoint = "cairn_last_error")]
    internal static partial byte* LastError();

    [LibraryImport(Library, EntryPoint = "cairn_tensor_from_bytes")]
    internal static partial int TensorFromBytes(
        byte* bytes, long count, TorchDType dtype, long* shape, int rank, int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_full")]
    internal static partial int TensorFull(
        double value, TorchDType dtype, long* shape, int rank, int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_empty")]
    internal static partial int TensorEmpty(TorchDType dtype, long* shape, int rank, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_data")]
    internal static partial int TensorData(TensorHandle t, out void* data);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_copy_to")]
    internal static partial int TensorCopyTo(TensorHandle t, byte* destination, long count);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_info")]
    internal static partial int TensorInfo(TensorHandle t, out TorchDType dtype, out int deviceType, out int deviceIndex, out int rank);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_shape")]
    internal static partial int TensorShape(TensorHandle t, long* shape, int capacity);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_to")]
    internal static partial int TensorTo(TensorHandle t, int deviceType, int deviceIndex, int dtype, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_clone")]
    internal static partial int TensorClone(TensorHandle t, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_host_copy")]
    internal static partial int TensorHostCopy(TensorHandle t, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_stack")]
    internal static partial int TensorStack(nint* tensors, int count, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_cat")]
    internal static partial int TensorCat(nint* tensors, int count, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_narrow")]
    internal static partial int TensorNarrow(TensorHandle t, long axis, long start, long length, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_select")]
    internal static partial int TensorSelect(TensorHandle t, long axis, long index, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_reshape")]
    internal static partial int TensorReshape(TensorHandle t, long* shape, int rank, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_add")]
    internal static partial int TensorAdd(TensorHandle a, TensorHandle b, double alpha, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_multiply")]
    internal static partial int TensorMultiply(TensorHandle a, double factor, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_same_layout")]
    internal static partial int TensorSameLayout(TensorHandle a, TensorHandle b, out int same);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_same_bits")]
    internal static partial int TensorSameBits(TensorHandle a, TensorHandle b, out int same);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_max_difference")]
    internal static partial int TensorMaxDifference(TensorHandle a, TensorHandle b, out double difference);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_range")]
    internal static partial int TensorRange(TensorHandle t, int leading, double* min, double* max, long capacity);

    [LibraryImport(Library, EntryPoint = "cairn_tensor_free")]
    internal static partial void TensorFree(nint t);

    [LibraryImport(Library, EntryPoint = "cairn_module_load", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ModuleLoad(string path, int deviceType, int deviceIndex, out ModuleHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_module_define", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ModuleDefine(
        string name, string source, [In] string[] bufferNames, nint* buffers, int bufferCount, out ModuleHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_module_to")]
    internal static partial int ModuleTo(ModuleHandle m, int deviceType, int deviceIndex, int dtype);

    [LibraryImport(Library, EntryPoint = "cairn_module_save", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ModuleSave(ModuleHandle m, string path);

    [LibraryImport(Library, EntryPoint = "cairn_module_method_count")]
    internal static partial int ModuleMethodCount(ModuleHandle m, out int count);

    [LibraryImport(Library, EntryPoint = "cairn_module_method_schema")]
    internal static partial int ModuleMethodSchema(ModuleHandle m, int method, byte* text, long capacity, out long needed);

    [LibraryImport(Library, EntryPoint = "cairn_module_written_attributes")]
    internal static partial int ModuleWrittenAttributes(ModuleHandle m, int method, byte* text, long capacity, out long needed);

    [LibraryImport(Library, EntryPoint = "cairn_module_call")]
    internal static partial int ModuleCall(ModuleHandle m, int method, nint* arguments, int count, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_module_free")]
    internal static partial void ModuleFree(nint m);

    [LibraryImport(Library, EntryPoint = "cairn_generator_create")]
    internal static partial int GeneratorCreate(ulong seed, out GeneratorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_generator_get_state")]
    internal static partial int GeneratorGetState(GeneratorHandle g, byte* state, long capacity, out long needed);

    [LibraryImport(Library, EntryPoint = "cairn_generator_set_state")]
    internal static partial int GeneratorSetState(GeneratorHandle g, byte* state, long count);

    [LibraryImport(Library, EntryPoint = "cairn_generator_normal")]
    internal static partial int GeneratorNormal(GeneratorHandle g, long* shape, int rank, TorchDType dtype, out TensorHandle result);

    [LibraryImport(Library, EntryPoint = "cairn_generator_free")]
    internal static partial void GeneratorFree(nint g);

    [LibraryImport(Library, EntryPoint = "cairn_use_deterministic_settings")]
    internal static partial int UseDeterministicSettings();

    [LibraryImport(Library, EntryPoint = "cairn_keep_freed_memory")]
    internal static partial int KeepFreedMemory();

    [LibraryImport(Library, EntryPoint = "cairn_set_threads")]
    internal static partial int SetThreads(int count);

    [LibraryImport(Library, EntryPoint = "cairn_get_threads")]
    internal static partial int GetThreads(out int count);

    [LibraryImport(Library, EntryPoint = "cairn_cuda_device_count")]
    internal static partial int CudaDeviceCount(out int count);

    [LibraryImport(Library, EntryPoint = "cairn_cuda_device_name")]
    internal static partial int CudaDeviceName(int index, byte* text, long capacity, out long needed);

    [LibraryImport(Library, EntryPoint = "cairn_cuda_synchronize")]
    internal static partial int CudaSynchronize(int index);

    [LibraryImport(Library, EntryPoint = "cairn_torch_version")]
    internal static partial int Version(byte* text, long capacity, out long needed);

    [LibraryImport(Library, EntryPoint = "cairn_torch_config")]
    internal static partial int Config(byte* text, long capacity, out long needed);

    [LibraryImport(Library, EntryPoint = "cairn_blas_path")]
    internal static partial int BlasPath(byte* text, long capacity, out long needed);
}
