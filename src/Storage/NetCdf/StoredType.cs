namespace Cairn.Storage.NetCdf;

/// <summary>What the NetCDF User's Guide says of the types that numbers are stored in.</summary>
internal static class StoredType
{
    internal static bool IsFloating(NetCdfType type) => type is NetCdfType.Float or NetCdfType.Double;

    internal static bool IsInteger(NetCdfType type) => IsSigned(type) || IsUnsigned(type);

    internal static bool IsSigned(NetCdfType type) =>
        type is NetCdfType.SignedByte or NetCdfType.Int16 or NetCdfType.Int32 or NetCdfType.Int64;

    internal static bool IsUnsigned(NetCdfType type) =>
        type is NetCdfType.UnsignedByte or NetCdfType.UInt16 or NetCdfType.UInt32 or NetCdfType.UInt64;

    internal static int Bits(NetCdfType type) => type switch
    {
        NetCdfType.SignedByte or NetCdfType.UnsignedByte => 8,
        NetCdfType.Int16 or NetCdfType.UInt16 => 16,
        NetCdfType.Int64 or NetCdfType.UInt64 or NetCdfType.Double => 64,
        _ => 32,
    };

    /// <summary>What libnetcdf puts where a variable was never written (NC_FILL_SHORT and so on); bytes have none, every one being a
    /// value.</summary>
    internal static double? NeverWritten(NetCdfType type) => type switch
    {
        NetCdfType.Int16 => -32767,
        NetCdfType.UInt16 => 65535,
        NetCdfType.Int32 => -2147483647,
        NetCdfType.UInt32 => 4294967295,
        NetCdfType.Int64 => -9223372036854775806,
        NetCdfType.UInt64 => 18446744073709551614,
        NetCdfType.Float or NetCdfType.Double => 9.9692099683868690e+36,
        _ => null,
    };
}
