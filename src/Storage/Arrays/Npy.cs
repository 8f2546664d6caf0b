using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Arrays;

/// <summary>Reads and writes <c>.npy</c> files. Nothing in them is executed or unpickled.</summary>
public static class Npy
{
    private const int Alignment = 64;
    private const int GrowthDigits = 21;
    private const int Piece = 1 << 20;

    /// <summary>Reads a whole file, and brings it into C order and little-endian bytes.</summary>
    /// <param name="stream">The file from its first byte; read to its end.</param>
    /// <param name="path">What messages call the file.</param>
    /// <param name="limits">Bounds on memory; at most the file's own length is allocated before its data has been seen.</param>
    /// <exception cref="DataException">The file is damaged, or of a kind that is refused; the message names the file and the
    /// defect.</exception>
    public static NdArray Read(Stream stream, string path, NpyLimits? limits = null)
    {
        var header = ReadHeader(stream, path);
        var most = Math.Min(limits?.MaxDataBytes ?? Array.MaxLength, Array.MaxLength);
        if (header.DataBytes > most)
            throw NpyHeaderReader.Defect(path, $"its data takes {header.DataBytes} bytes, and at most {most} are accepted");

        var data = ReadData(stream, header.DataBytes, path);
        if (header.DType.Kind == 'b' && data.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1))
            throw NpyHeaderReader.Defect(path, "it holds a bool that is neither 0 nor 1");

        if (header.BigEndian)
            ByteOrder.Swap(data, header.DType.SwapSize);

        data = header.FortranOrder ? FortranOrder.ToC(data, header.Shape, header.DType.ItemSize) : data;
        return new NdArray(header.DType, header.Shape, data);
    }

    /// <summary>Reads only the header, leaving the stream at the first element.</summary>
    /// <exception cref="DataException">As for <see cref="Read"/>.</exception>
    public static NpyHeader ReadHeader(Stream stream, string path) => NpyHeaderReader.Read(stream, path);

    /// <summary>Writes the bytes that <c>numpy.save</c> writes, header first.</summary>
    public static void Write(NdArray array, Action<ReadOnlySpan<byte>> sink)
    {
        sink(Header(array.DType, array.Shape));
        sink(array.Data.Span);
    }

    /// <summary>The header that <c>numpy.save</c> writes for an array in C order, for callers that stream the elements after it.</summary>
    public static byte[] Header(NpyDType dtype, IReadOnlyList<long> shape)
    {
        var text = new StringBuilder($"{{'descr': '{dtype.Descr}', 'fortran_order': False, 'shape': {ArrayShape.Text(shape)}, }}");
        if (shape.Count > 0)
        {
            // NumPy leaves room for the first extent to grow in place.
            text.Append(' ', GrowthDigits - shape[0].ToString(CultureInfo.InvariantCulture).Length);
        }

        var prefix = NpyHeaderReader.Magic.Length + 2 + sizeof(ushort);
        text.Append(' ', Alignment - ((prefix + text.Length + 1) % Alignment)).Append('\n');
        return [.. NpyHeaderReader.Magic, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.Latin1.GetBytes(text.ToString())];
    }

    private static byte[] ReadData(Stream stream, long bytes, string path)
    {
        if (stream.CanSeek)
        {
            var there = stream.Length - stream.Position;
            if (there != bytes)
                throw WrongLength(path, bytes, there);
        }

        // For a stream of unknown length, at most twice what has been read is allocated.
        // It is filled to its end or thrown away, so clearing it first would be work for nothing.
        var data = GC.AllocateUninitializedArray<byte>((int)(stream.CanSeek ? bytes : Math.Min(bytes, Piece)));
        var read = 0;
        while (true)
        {
            read += stream.ReadAtLeast(data.AsSpan(read), data.Length - read, throwOnEndOfStream: false);
            if (read < data.Length)
                throw WrongLength(path, bytes, read);

            if (read == bytes)
            {
                // A seekable stream's length has been compared already.
                return stream.CanSeek || stream.ReadByte() < 0
                    ? data
                    : throw NpyHeaderReader.Defect(path, $"it continues after its {bytes} bytes of data");
            }

            Array.Resize(ref data, (int)Math.Min(bytes, data.Length * 2L));
        }
    }

    private static DataException WrongLength(string path, long expected, long found) =>
        NpyHeaderReader.Defect(path, $"its header promises {expected} bytes of data, but it has {found}");
}

/// <summary>Turns big-endian elements into little-endian ones, in place.</summary>
internal static class ByteOrder
{
    internal static void Swap(Span<byte> data, int size)
    {
        switch (size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(data);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(data);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(data);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
            default:
                // Single bytes and byte strings have no order.
                break;
        }
    }
}

/// <summary>Rearranges elements whose first index varies fastest.</summary>
internal static class FortranOrder
{
    /// <summary>The same elements with the last index varying fastest.</summary>
    internal static byte[] ToC(byte[] fortran, IReadOnlyList<long> shape, int itemSize)
    {
        if (shape.Count < 2 || fortran.Length == 0)
            return fortran;

        var strides = new long[shape.Count];
        strides[0] = itemSize;
        for (var axis = 1; axis < strides.Length; axis++)
            strides[axis] = strides[axis - 1] * shape[axis - 1];

        var result = new byte[fortran.Length];
        var index = new long[shape.Count];
        long from = 0;
        for (long to = 0; to < result.Length; to += itemSize)
        {
            fortran.AsSpan((int)from, itemSize).CopyTo(result.AsSpan((int)to));
            from = Advance(index, shape, strides, from);
        }

        return result;
    }

    /// <summary>Counts the C-order index up by one and follows the Fortran-order offset.</summary>
    private static long Advance(long[] index, IReadOnlyList<long> shape, long[] strides, long offset)
    {
        for (var axis = index.Length - 1; axis >= 0; axis--)
        {
            offset += strides[axis];
            if (++index[axis] < shape[axis])
                return offset;

            offset -= strides[axis] * shape[axis];
            index[axis] = 0;
        }

        return offset;
    }
}
