using System.Numerics;
using System.Text;
using Cairn.Storage.Arrays;

namespace Cairn.Storage.Tests.Arrays;

public sealed class NpyTests
{
    private static byte[] File(string header, int dataBytes, byte major = 1)
    {
        byte[] length = major == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes((uint)header.Length);
        return [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), major, 0, .. length, .. Encoding.Latin1.GetBytes(header),
            .. new byte[dataBytes]];
    }

    private static string Dict(string descr = "'<f4'", string fortran = "False", string shape = "(3,)") =>
        $"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n";

    private static DataException Refused(byte[] bytes)
    {
        var error = Assert.Throws<DataException>(() => Npy.Read(new MemoryStream(bytes), "states/u.npy"));
        Assert.Contains("states/u.npy", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => Npy.Read(new Trickle(bytes), "states/u.npy"));
        return error;
    }

    [Theory]
    [InlineData("'<f4'", "False", "(3,)", 11, "promises 12 bytes")]
    [InlineData("'<f4'", "False", "(3,)", 13, "promises 12 bytes")]
    [InlineData("'|O'", "False", "(3,)", 24, "never unpickled")]
    [InlineData("'O8'", "False", "(3,)", 24, "never unpickled")]
    [InlineData("[('a', '<f4')]", "False", "(3,)", 12, "structured")]
    [InlineData("'<f16'", "False", "(3,)", 48, "<f16")]
    [InlineData("'<f3'", "False", "(3,)", 9, "<f3")]
    [InlineData("'|V4'", "False", "(3,)", 12, "|V4")]
    [InlineData("'<U0'", "False", "(9223372036854775807,)", 0, "<U0")]
    [InlineData("'<U2147483647'", "False", "(3,)", 12, "<U2147483647")]
    [InlineData("'<M8[parsec]'", "False", "(1,)", 8, "parsec")]
    [InlineData("'<f4[h]'", "False", "(1,)", 4, "<f4[h]")]
    [InlineData("'<f4'", "Maybe", "(3,)", 12, "fortran_order")]
    [InlineData("'<f4'", "False", "(-3,)", 12, "whole number")]
    [InlineData("'<f4'", "False", "(3)", 12, "tuple")]
    [InlineData("'<f4'", "False", "3", 12, "expected '('")]
    [InlineData("'<f4'", "False", "(3.0,)", 12, "expected ')'")]
    [InlineData("'<f4'", "False", "(99999999999999999999,)", 12, "whole number")]
    [InlineData("'<f4'", "False", "(4294967296, 4294967296)", 0, "overflows")]
    [InlineData("'<f4'", "False", "(9223372036854775807, 2, 0)", 0, "overflows")]
    [InlineData("'<f8'", "False", "(2305843009213693952,)", 0, "overflows")]
    [InlineData("'<f8'", "False", "(1000000000000,)", 8, "at most")]
    [InlineData("__import__('os')", "False", "(1,)", 8, "quoted string")]
    [InlineData("'<f4'", "False", "(3,), 'shape': (3,)", 12, "twice")]
    [InlineData("'<f4'", "False", "(3,), 'extra': 1", 12, "unknown")]
    public void A_hostile_or_damaged_file_is_refused_with_its_defect(
        string descr, string fortran, string shape, int bytes, string defect) =>
        Assert.Contains(defect, Refused(File(Dict(descr, fortran, shape), bytes)).Message, StringComparison.Ordinal);

    [Fact]
    public void Broken_beginnings_are_refused()
    {
        var good = File(Dict(), 12);
        for (var length = 0; length < good.Length; length++)
            Refused(good[..length]);

        Refused([0x94, .. good[1..]]);
        Refused(File(Dict(), 12, major: 4));
        Refused(File(Dict() + "x", 12));
        Refused(File("{'descr': '<f4'}\n", 4));
        Refused(File(Dict() + new string(' ', 70000), 12, major: 2));
        Refused(File(Dict(shape: $"({string.Concat(Enumerable.Repeat("1, ", 65))})"), 4));
        Refused(File(Dict("'|b1'"), 3)[..^1].Append((byte)2).ToArray());
    }

    [Fact]
    public void A_promise_of_gigabytes_allocates_no_more_than_the_file_is_long()
    {
        var bytes = File(Dict("'<f8'", shape: "(200000000,)"), 8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        var error = Assert.Throws<DataException>(
            () => Npy.Read(new MemoryStream(File(Dict(), 12)), "u.npy", new NpyLimits { MaxDataBytes = 11 }));
        Assert.Contains("at most 11", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Random damage to a good file either gives an array of the promised size or a DataException, never anything else.</summary>
    [Fact]
    public void Random_damage_never_escapes_as_another_exception()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        var good = File(Dict(shape: "(2, 3)"), 24);
        for (var round = 0; round < 20000; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            try
            {
                var array = Npy.Read(new MemoryStream(bytes), "u.npy");
                Assert.Equal(array.Length * array.DType.ItemSize, array.Data.Length);
            }
            catch (DataException)
            {
                // Refused, as it should be.
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {Seed}, round {round}: {e}");
            }
        }
    }

    [Fact]
    public void Written_arrays_read_back_for_random_shapes_and_types()
    {
        const int Seed = 12;
        var random = new Random(Seed);
        string[] types = ["bool", "int8", "uint16", "int64", "float16", "float32", "complex128", "<U3", "|S5", "datetime64[25s]"];
        for (var round = 0; round < 500; round++)
        {
            var dtype = NpyDType.Parse(types[random.Next(types.Length)]);
            var shape = Enumerable.Range(0, random.Next(6)).Select(_ => (long)random.Next(5)).ToArray();
            var data = new byte[shape.Aggregate(1L, (a, b) => a * b) * dtype.ItemSize];
            random.NextBytes(data);
            data = dtype.Kind == 'b' ? [.. data.Select(b => (byte)(b & 1))] : data;
            var written = new MemoryStream();
            Npy.Write(new NdArray(dtype, shape, data), written.Write);
            foreach (Stream stream in new Stream[] { new MemoryStream(written.ToArray()), new Trickle(written.ToArray()) })
            {
                var read = Npy.Read(stream, "u.npy");
                Assert.True(read.DType == dtype && read.Shape.SequenceEqual(shape) && read.Data.Span.SequenceEqual(data),
                    $"seed {Seed}, round {round}");
            }
        }
    }

    [Fact]
    public void A_header_alone_tells_where_the_data_is()
    {
        var header = Npy.ReadHeader(new MemoryStream(File(Dict("'>i8'", "True", "(2, 5)"), 0)), "u.npy");
        Assert.Equal((NpyDType.Int64, true, true, 10L, 80L),
            (header.DType, header.BigEndian, header.FortranOrder, header.Length, header.DataBytes));
        Assert.Equal(10 + Dict("'>i8'", "True", "(2, 5)").Length, header.DataOffset);
    }

    [Fact]
    public void An_array_knows_its_size_and_guards_its_type()
    {
        var array = NdArray.From([1f, 2f, 3f, 4f], 2, 2);
        Assert.Equal(("float32", 4L), (array.DType.Name, array.Length));
        Assert.Equal(3f, array.AsSpan<float>()[2]);
        Assert.Throws<DataException>(() => array.AsSpan<double>());
        Assert.Throws<DataException>(() => array.AsSpan<int>());
        Assert.Throws<DataException>(() => NdArray.From([1f, 2f], 3));
        Assert.Throws<DataException>(() => new NdArray(NpyDType.Float32, [-1], []));
        Assert.Throws<DataException>(() => NdArray.From(['x'], 1));
        Assert.Equal("complex128", NdArray.From([Complex.One]).DType.Name);
        Assert.Empty(NdArray.From([true]).Shape);
    }

    [Fact]
    public void Text_goes_in_and_out()
    {
        string[] words = ["wind", "", "Ж\U0001F30D", "a"];
        var array = NdText.From(words, 2, 2);
        Assert.Equal("<U4", array.DType.Name);
        Assert.Equal(words, NdText.ToStrings(array));
        Assert.Throws<DataException>(() => NdText.ToStrings(NdArray.From([1], 1)));
        Assert.Throws<DataException>(() => NdText.ToStrings(new NdArray(new NpyDType('U', 4), [1], [0xff, 0xff, 0xff, 0xff])));
    }

    [Theory]
    [InlineData("float32", "float32", "<f4")]
    [InlineData(">i8", "int64", "<i8")]
    [InlineData("=f8", "float64", "<f8")]
    [InlineData("f4", "float32", "<f4")]
    [InlineData("<U5", "<U5", "<U5")]
    [InlineData("S3", "|S3", "|S3")]
    [InlineData("datetime64[h]", "datetime64[h]", "<M8[h]")]
    [InlineData("<m8[25s]", "timedelta64[25s]", "<m8[25s]")]
    [InlineData("<M8[1s]", "datetime64[s]", "<M8[s]")]
    [InlineData("datetime64", "datetime64", "<M8")]
    [InlineData("bool", "bool", "|b1")]
    [InlineData("uint8", "uint8", "|u1")]
    [InlineData("complex64", "complex64", "<c8")]
    public void Names_are_numpys(string text, string name, string descr)
    {
        var dtype = NpyDType.Parse(text);
        Assert.Equal((name, descr), (dtype.Name, dtype.Descr));
    }

    /// <summary>A stream that tells no length and gives few bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
    }
}
