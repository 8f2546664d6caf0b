using System.Globalization;
using System.Numerics;
using System.Text;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Tests.State;

public sealed class PythonDialectTests
{
    private const string Reprs = """
        import struct, sys
        for line in open(sys.argv[1]):
            print(repr(struct.unpack('<d', struct.pack('<q', int(line)))[0]))
        """;

    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(123456789012345680.0, "1.2345678901234568e+17")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(1.5e-300, "1.5e-300")]
    [InlineData(double.NaN, "nan")]
    public void Floats_are_printed_as_repr_prints_them(double value, string expected) => Assert.Equal(expected, PythonFloat.Repr(value));

    [SkippableFact]
    public void Twenty_thousand_seeded_floats_are_printed_as_pythons_repr()
    {
        var random = new Random(1);
        var bits = Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)).ToList();
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "bits");
        File.WriteAllLines(path, bits.Select(b => b.ToString(CultureInfo.InvariantCulture)));

        var printed = Python.Run(Reprs, ["struct"], path).TrimEnd().Split('\n');

        Assert.Equal(printed, bits.Select(b => PythonFloat.Repr(BitConverter.Int64BitsToDouble(b))));
    }

    [Fact]
    public void Every_description_that_the_original_wrote_is_rewritten_to_the_same_bytes()
    {
        var paths = Directory.GetFiles(Fixtures.Root, "*.json", SearchOption.AllDirectories);
        Assert.InRange(paths.Length, 20, 200);
        Assert.All(paths, path =>
        {
            var bytes = File.ReadAllBytes(path);
            Assert.Equal(bytes, PythonJson.Write(PythonJson.ReadObject(bytes, path), path));
        });
    }

    [Fact]
    public void What_json_cannot_say_is_said_as_python_says_it()
    {
        var tree = new JObject
        {
            ["nan"] = double.NaN,
            ["inf"] = double.PositiveInfinity,
            ["big"] = new JValue(BigInteger.Pow(10, 40)),
            ["text"] = "é\u2028\"\\\n\x7f\U0001F30D",
            ["empty"] = new JArray(),
        };

        var text = Encoding.ASCII.GetString(PythonJson.Write(tree, "test"));

        Assert.Equal(
            "{\n  \"big\": 1" + new string('0', 40) + ",\n  \"empty\": [],\n  \"inf\": Infinity,\n  \"nan\": NaN,\n"
            + "  \"text\": \"\\u00e9\\u2028\\\"\\\\\\n\\u007f\\ud83c\\udf0d\"\n}\n",
            text);
        var back = PythonJson.ReadObject(Encoding.ASCII.GetBytes(text), "test");
        Assert.Equal(BigInteger.Pow(10, 40), ((JValue)back["big"]!).Value);
        Assert.Equal("é\u2028\"\\\n\x7f\U0001F30D", (string?)back["text"]);
        Assert.True(double.IsNaN((double)back["nan"]!));
    }

    [Fact]
    public void Keys_are_sorted_by_code_point() => Assert.Equal(
        ["Z", "a", "\uFFFD", "\U0001F30D"],
        new[] { "\U0001F30D", "a", "\uFFFD", "Z" }.Order(Comparer<string>.Create(PythonJson.CompareKeys)));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\": 1, \"a\": 2}")]
    [InlineData("{\"a\": 1} x")]
    [InlineData("{\"a\": ")]
    [InlineData("{\"a\": 1")]
    public void Broken_json_is_refused_by_name(string text)
    {
        var e = Assert.Throws<DataException>(() => PythonJson.ReadObject(Encoding.UTF8.GetBytes(text), "manifest.json"));
        Assert.Contains("manifest.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_on_both_sides()
    {
        var text = "{\"a\": " + new string('[', 200) + new string(']', 200) + "}";
        Assert.Throws<DataException>(() => PythonJson.ReadObject(Encoding.UTF8.GetBytes(text), "deep"));

        JToken tree = new JArray();
        for (var i = 0; i < 70; i++)
            tree = new JArray(tree);

        Assert.Throws<CheckpointSerializationException>(() => PythonJson.Write(tree, "deep"));
    }
}
