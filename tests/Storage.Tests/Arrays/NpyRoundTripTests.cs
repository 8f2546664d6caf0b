using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Cairn.Storage.Arrays;
using FsCheck;
using FsCheck.Fluent;

namespace Cairn.Storage.Tests.Arrays;

/// <summary>Any array, in every form that NumPy may have given its file, reads as the same elements. A failure prints its seed and the
/// smallest case.</summary>
public sealed class NpyRoundTripTests
{
    private static readonly string[] Codes =
    [
        "|b1", "|i1", "|u1", "i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16", "U1", "U3", "|S1", "|S7", "M8[h]",
        "M8[25s]", "M8", "m8[ns]", "m8",
    ];

    [Fact]
    public void Any_order_of_bytes_and_indexes_and_any_version_reads_as_the_same_array() => Holds(file =>
    {
        var array = Npy.Read(new MemoryStream(file.Bytes()), "any.npy");
        return array.DType == file.DType && array.Shape.SequenceEqual(file.Shape) && array.Data.Span.SequenceEqual(file.Elements());
    });

    [Fact]
    public void What_is_written_reads_back_and_is_written_alike() => Holds(file =>
    {
        var array = new NdArray(file.DType, file.Shape, file.Elements());
        var written = Bytes(array);
        var read = Npy.Read(new MemoryStream(written), "any.npy");
        return read.DType == array.DType && read.Shape.SequenceEqual(array.Shape) && read.Data.Span.SequenceEqual(array.Data.Span)
            && Bytes(read).SequenceEqual(written) && written.AsSpan().IndexOf((byte)'\n') % 64 == 63;
    });

    private static void Holds(Func<NumpyFile, bool> property)
    {
        var files = from code in Gen.Elements(Codes)
                    from shape in Gen.Elements(0, 1, 2, 3, 5).ListOf().Resize(5)
                    from big in Gen.Elements(true, false)
                    from fortran in Gen.Elements(true, false)
                    from version in Gen.Choose(1, 3)
                    from seed in Gen.Choose(0, int.MaxValue)
                    select new NumpyFile(code, [.. shape.Select(n => (long)n)], big, fortran, (byte)version, seed);
        Prop.ForAll(files.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    private static byte[] Bytes(NdArray array)
    {
        var file = new MemoryStream();
        Npy.Write(array, file.Write);
        return file.ToArray();
    }

    /// <summary>A file as NumPy would write it, made without a line of the code under test.</summary>
    private sealed record NumpyFile(string Code, long[] Shape, bool Big, bool Fortran, byte Version, int Seed)
    {
        private string Descr => Code[0] == '|' ? Code : (Big ? '>' : '<') + Code;

        public NpyDType DType => NpyDType.Parse(Code[0] == '|' ? Code : '<' + Code);

        /// <summary>In C order, little-endian.</summary>
        public byte[] Elements()
        {
            var bytes = new byte[Shape.Aggregate(1L, (a, b) => a * b) * DType.ItemSize];
            new Random(Seed).NextBytes(bytes);
            return DType.Kind == 'b' ? [.. bytes.Select(b => (byte)(b & 1))] : bytes;
        }

        public byte[] Bytes()
        {
            var shape = string.Concat(Shape.Select(n => n.ToString(CultureInfo.InvariantCulture) + ", "));
            var header = $"{{'descr': '{Descr}', 'fortran_order': {Fortran}, 'shape': ({shape}), }}\n";
            var length = new byte[Version == 1 ? 2 : 4];
            BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
            return [0x93, .. "NUMPY"u8, Version, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. Stored()];
        }

        private byte[] Stored()
        {
            var (from, size) = (Elements(), DType.ItemSize);
            var to = new byte[from.Length];
            for (var i = 0; i < from.Length / size; i++)
            {
                var element = from.AsSpan(i * size, size).ToArray();
                if (Big && Code[0] != '|')
                {
                    var part = Code[0] switch { 'c' => size / 2, 'U' => 4, _ => size };
                    element = [.. element.Chunk(part).SelectMany(chunk => chunk.Reverse())];
                }

                element.CopyTo(to, Place(i) * size);
            }

            return to;
        }

        /// <summary>Where the element of a C-order position lies in the file.</summary>
        private int Place(int position)
        {
            var index = new long[Shape.Length];
            for (var axis = Shape.Length - 1; axis >= 0; axis--)
                (position, index[axis]) = ((int)(position / Shape[axis]), position % Shape[axis]);

            IEnumerable<int> axes = Enumerable.Range(0, Shape.Length);
            return (int)(Fortran ? axes.Reverse() : axes).Aggregate(0L, (at, axis) => (at * Shape[axis]) + index[axis]);
        }
    }
}
