namespace Cairn.Engine.Torch;

/// <summary>Element types of tensors. The numbers are libtorch's (<c>c10::ScalarType</c>) and part of the shim's ABI.</summary>
public enum TorchDType
{
    UInt8 = 0,
    Int8 = 1,
    Int16 = 2,
    Int32 = 3,
    Int64 = 4,
    Float16 = 5,
    Float32 = 6,
    Float64 = 7,
    Complex64 = 9,
    Complex128 = 10,
    Bool = 11,
    BFloat16 = 15,
}
