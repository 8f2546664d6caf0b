using System.Numerics;
using Cairn.Storage.Arrays;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;
using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Tests.State;

/// <summary>Any value that a state or metadata may hold comes back bit by bit. A failure prints its seed and the smallest case found; put
/// the seed into <c>WithReplay</c> to see it again.</summary>
public sealed class PayloadRoundTripTests
{
    [Fact]
    public void Any_nested_value_comes_back_from_its_payload_encoding() => Holds(PayloadValues.Any(withStates: true), 1500, value =>
    {
        var (payload, before) = Captured(value);
        var (parsed, load) = Reread(payload);
        return Telling.Of(parsed, load) == before;
    });

    [Fact]
    public void Any_value_restored_to_its_natural_type_is_captured_as_the_same_again() =>
        Holds(PayloadValues.Any(withStates: false), 1500, value =>
        {
            var (payload, before) = Captured(value);
            var (parsed, load) = Reread(payload);
            var natural = new PayloadDecoder(load, factory: null).Natural(parsed);
            return Captured(natural).Told == before;
        });

    [Fact]
    public void Any_value_of_a_row_comes_back_with_lists_for_tuples() =>
        Holds(PayloadValues.Any(withStates: false, withArrays: false), 1500, value =>
        {
            var encoded = new JObject { ["value"] = RowJson.Encode(value, "value") };
            var parsed = PythonJson.ReadObject(PythonJson.Write(encoded, "row"), "row");
            var back = RowJson.Decode(parsed["value"]!, "row");
            return Captured(back).Told == Captured(WithLists(value)).Told;
        });

    [Fact]
    public void Any_text_is_json_and_back() => Holds(PayloadValues.Texts().ToArbitrary(), 3000, text =>
    {
        var bytes = PythonJson.Write(new JObject { [text] = text }, "text");
        var property = PythonJson.ReadObject(bytes, "text").Properties().Single();
        return property.Name == text && (string?)property.Value == text && bytes.All(b => b is >= 0x20 and <= 0x7e or (byte)'\n');
    });

    [Fact]
    public void A_key_with_half_a_surrogate_pair_is_refused_before_two_keys_share_a_file()
    {
        var map = new Dictionary<string, object?> { ["\ud800"] = NdArray.From([1], 1), ["\udfff"] = NdArray.From([2], 1) };
        var refused = Assert.Throws<CheckpointSerializationException>(
            () => PayloadJson.Encode(StateCapture.Value(map, "map"), "field", (_, _) => { }));
        Assert.Contains("'\\ud800'", refused.Message, StringComparison.Ordinal);
    }

    private static void Holds<T>(Arbitrary<T> values, int times, Func<T, bool> property) =>
        Prop.ForAll(values, property).Check(Config.QuickThrowOnFailure.WithMaxTest(times));

    private static object? WithLists(object? value) => value switch
    {
        PayloadTuple tuple => tuple.Items.Select(WithLists).ToList(),
        List<object?> list => list.ConvertAll(WithLists),
        Dictionary<string, object?> map => map.ToDictionary(e => e.Key, e => WithLists(e.Value)),
        _ => value,
    };

    private static (Payload Payload, string Told) Captured(object? value)
    {
        var payload = StateCapture.Value(value, "value");
        return (payload, Telling.Of(payload, _ => throw new InvalidOperationException("nothing is stored yet")));
    }

    /// <summary>Through the bytes of its JSON, and every array through the bytes of its file.</summary>
    private static (Payload Parsed, Func<StoredArray, NdArray> Load) Reread(Payload payload)
    {
        var staged = new Dictionary<string, byte[]>();
        var json = PayloadJson.Encode(payload, "field", (path, array) =>
        {
            var file = new MemoryStream();
            Npy.Write(array, file.Write);
            staged.Add(path, file.ToArray());
        });
        var parsed = PayloadParser.Parse(PythonJson.ReadObject(PythonJson.Write(json, "state"), "state"), "state");
        return (parsed, stored => Npy.Read(new MemoryStream(staged[stored.Path]), stored.Path));
    }
}

/// <summary>Values of every kind that the format knows, their extremes included.</summary>
internal static class PayloadValues
{
    private static readonly string[] DTypes =
    [
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64",
        "complex128", "<U1", "<U3", "|S1", "|S5", "datetime64", "datetime64[ns]", "datetime64[25s]", "timedelta64", "timedelta64[as]",
    ];

    private static readonly string[] Units = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "generic"];

    public static Arbitrary<object?> Any(bool withStates, bool withArrays = true) =>
        Gen.Sized(size => Value(Math.Min(size / 8, 4), withStates, withArrays)).ToArbitrary();

    /// <summary>UTF-16 of any kind: halves of surrogate pairs, characters beyond the basic plane, controls.</summary>
    public static Gen<string> Texts() => Gen.OneOf(
        Gen.Choose(0, 0xffff).Select(c => (char)c).ListOf().Select(c => new string([.. c])),
        Gen.Elements("", "\0", "\ud800", "\udfff\ud800", "\U0001F30D", "\"\\/\b\f\n\r\t", "\u2028\u2029\ufeff"));

    private static Gen<string> Keys() => Texts().Where(text => !text.EnumerateRunes().Any(r => r.Value == 0xfffd));

    private static Gen<object?> Value(int depth, bool withStates, bool withArrays)
    {
        var leaf = withArrays ? Gen.OneOf(Scalar(), Scalar(), Array()) : Scalar();
        if (depth < 1)
            return leaf;

        var deeper = Value(depth - 1, withStates, withArrays);
        var items = deeper.ListOf().Resize(4);
        Gen<object?>[] kinds =
        [
            leaf,
            items.Select(list => (object?)list.ToList()),
            items.Select(list => (object?)new PayloadTuple([.. list])),
            Gen.Zip(Keys(), deeper).ListOf().Resize(4).Select(Map),
        ];
        return withStates
            ? Gen.OneOf([.. kinds, Gen.Zip(deeper, deeper).Select(p => (object?)new NestedState { Value = p.Item1, Other = p.Item2 })])
            : Gen.OneOf(kinds);
    }

    /// <summary>A key called <c>kind</c> would make a row's dictionary look like a tagged value, in the original too.</summary>
    private static object? Map(IEnumerable<(string Key, object? Value)> entries) => entries.Where(e => e.Key != "kind")
        .DistinctBy(e => e.Key).ToDictionary(e => e.Key, e => e.Value);

    private static Gen<object?> Scalar() => Gen.OneOf<object?>(
        Gen.Constant((object?)null),
        Gen.Elements<object?>(true, false),
        ArbMap.Default.GeneratorFor<long>().Select(v => (object?)v),
        Gen.Elements<object?>(long.MinValue, long.MaxValue, ulong.MaxValue, BigInteger.Pow(7, 5000), -BigInteger.Pow(2, 63) - 1),
        ArbMap.Default.GeneratorFor<long>().Select(bits => (object?)BitConverter.Int64BitsToDouble(bits * 0x9E3779B97F4A7C1)),
        Gen.Elements<object?>(double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, 0.1f),
        Texts().Select(t => (object?)t),
        Times(),
        Gen.Elements<object?>(
            new TorchDeviceName("cpu"), new TorchDeviceName("cuda:7"), new TorchDTypeName("torch.bfloat16"),
            new NumpyDTypeName("float32")));

    private static Gen<object?> Times()
    {
        var ticks = Gen.Choose(int.MinValue, int.MaxValue).Select(n => n * 7919L * TimeSpan.TicksPerMicrosecond);
        var start = new DateTime(2000, 1, 1);
        return Gen.OneOf<object?>(
            ticks.Select(t => (object?)new TimeSpan(t)),
            ticks.Select(t => (object?)start.AddTicks(t)),
            Gen.Zip(ticks, Gen.Choose(-14 * 60, 14 * 60))
                .Select(p => (object?)new DateTimeOffset(start.AddTicks(p.Item1), TimeSpan.FromMinutes(p.Item2))),
            Gen.Choose(0, DateOnly.MaxValue.DayNumber).Select(d => (object?)DateOnly.FromDayNumber(d)),
            Gen.Zip(ArbMap.Default.GeneratorFor<long>(), Gen.Elements(Units)).Select(p => (object?)new NumpyTimeDelta64(p.Item1, p.Item2)),
            Gen.Elements<object?>(
                DateTime.MinValue, new DateTime(9999, 12, 31, 23, 59, 59).AddMicroseconds(999_999), DateOnly.MinValue, DateOnly.MaxValue,
                new TimeSpan(long.MaxValue / 10 * 10), new TimeSpan(long.MinValue / 10 * 10), new NumpyTimeDelta64(long.MinValue, "s"),
                new NumpyTimeDelta64(long.MaxValue, "as"), new NumpyDateTime64("NaT", "generic"), new NumpyDateTime64("-9999-01", "M"),
                new NumpyDateTime64("2024-01-01T00:00:00.000000000000000001", "as")));
    }

    private static Gen<object?> Array() =>
        from name in Gen.Elements(DTypes)
        from shape in Gen.Elements(0, 1, 1, 2, 3).ListOf().Resize(4)
        from seed in Gen.Choose(0, int.MaxValue)
        select (object?)Filled(NpyDType.Parse(name), [.. shape.Select(n => (long)n)], new Random(seed));

    private static NdArray Filled(NpyDType dtype, long[] shape, Random random)
    {
        var bytes = new byte[shape.Aggregate(1L, (a, b) => a * b) * dtype.ItemSize];
        random.NextBytes(bytes);
        return new NdArray(dtype, shape, dtype.Kind == 'b' ? [.. bytes.Select(b => (byte)(b & 1))] : bytes);
    }

    [CheckpointState(Id = "tests.Nested")]
    public sealed class NestedState
    {
        public object? Value { get; set; }
        public object? Other { get; set; }

        public override string ToString() => $"Nested({Value}, {Other})";
    }
}
