using System.Buffers.Binary;
using System.Text;

namespace Cairn.Storage.Arrays;

/// <summary>Reads the header of a <c>.npy</c> file (NumPy Enhancement Proposal 1, versions 1.0 to 3.0).</summary>
internal static class NpyHeaderReader
{
    /// <summary>A header of 64 dimensions takes less than 2 KiB; NumPy itself refuses more than 10,000 characters.</summary>
    private const int MaxHeaderBytes = 16384;

    private const int PrefixLength = 8;

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    internal static NpyHeader Read(Stream stream, string path)
    {
        var prefix = ReadExactly(stream, PrefixLength, path, "its magic and version");
        if (!prefix.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw Defect(path, "it does not begin with NumPy's magic bytes");
        }

        if (prefix[6] is < 1 or > 3 || prefix[7] != 0)
        {
            throw Defect(path, $"it is of version {prefix[6]}.{prefix[7]}, and versions 1.0 to 3.0 are understood");
        }

        var sizeBytes = prefix[6] == 1 ? sizeof(ushort) : sizeof(uint);
        var size = ReadExactly(stream, sizeBytes, path, "the length of its header");
        long length = sizeBytes == sizeof(ushort)
            ? BinaryPrimitives.ReadUInt16LittleEndian(size)
            : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > MaxHeaderBytes)
        {
            throw Defect(path, $"its header claims {length} bytes, and at most {MaxHeaderBytes} are accepted");
        }

        var text = ReadExactly(stream, (int)length, path, "its header");
        var encoding = prefix[6] == 3 ? Encoding.UTF8 : Encoding.Latin1;
        return Checked(HeaderLiteral.Parse(encoding.GetString(text), path), path, PrefixLength + sizeBytes + (int)length);
    }

    internal static DataException Defect(string path, string what) =>
        new($"{path} is not a usable .npy file: {what}. Restore it from a copy, or take an older session.");

    /// <summary>Reads exactly that many bytes, of which the caller has bounded the number.</summary>
    internal static byte[] ReadExactly(Stream stream, int count, string path, string what)
    {
        var buffer = new byte[count];
        var read = stream.ReadAtLeast(buffer, count, throwOnEndOfStream: false);
        return read == count ? buffer : throw Defect(path, $"it ends within {what} (found {read} of {count} bytes)");
    }

    private static NpyHeader Checked(HeaderLiteral literal, string path, int dataOffset)
    {
        NpyDType dtype;
        bool bigEndian;
        try
        {
            dtype = DTypeText.Parse(literal.Descr, out bigEndian);
        }
        catch (DataException e)
        {
            throw new DataException($"{path}: {e.Message}", e);
        }

        if (literal.Shape.Count > ArrayShape.MaxRank)
        {
            throw Defect(path, $"its shape has {literal.Shape.Count} dimensions, and at most {ArrayShape.MaxRank} are accepted");
        }

        if (ArrayShape.Bytes(dtype, literal.Shape) is null)
        {
            throw Defect(path, $"the size of its shape {ArrayShape.Text(literal.Shape)} overflows");
        }

        return new NpyHeader(dtype, bigEndian, literal.FortranOrder, literal.Shape, dataOffset);
    }
}
