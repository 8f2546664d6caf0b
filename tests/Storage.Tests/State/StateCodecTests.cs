using System.Numerics;
using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.State;

public sealed class StateCodecTests
{
    public static IEnumerable<object?[]> Values => new object?[]
    {
        null, true, 42L, BigInteger.Pow(2, 100), 0.1, double.NegativeInfinity, "text",
        new DateTimeOffset(2024, 1, 1, 18, 0, 0, TimeSpan.FromHours(-5)), new DateTime(2024, 1, 1, 18, 0, 0, 250),
        new DateOnly(2024, 2, 29), TimeSpan.FromHours(-30.5), new NumpyDateTime64("2024-01-01T18", "h"),
        new NumpyTimeDelta64(-6, "h"), new TorchDeviceName("cuda:0"), new TorchDTypeName("torch.float16"), new NumpyDTypeName("float32"),
        new List<object?> { 1L, new List<object?> { null, "x" } }, new PayloadTuple(1L, new PayloadTuple("a")),
    }.Select(value => new[] { value });

    [Theory]
    [MemberData(nameof(Values))]
    public void Every_kind_of_value_comes_back_as_it_was(object? value) => Assert.Equal(value, RoundTrip(value));

    [Fact]
    public void Typed_properties_get_values_of_their_types()
    {
        var state = new Typed
        {
            Small = 7,
            Single = 0.1f,
            Maybe = null,
            Numbers = [1, 2, 3],
            Names = ["a", "b"],
            Pair = (4, "four"),
            Table = new() { ["x"] = 1.5 },
            Fields = new() { ["member 0"] = NdArray.From([1f, 2f], 2) },
            Inner = new Nested { Depth = 3 },
        };
        var restored = Decode(StateCapture.Capture(state), new Typed());

        Assert.Equal((7, 0.1f, null), (restored.Small, restored.Single, restored.Maybe));
        Assert.Equal([1, 2, 3], restored.Numbers);
        Assert.Equal(["a", "b"], restored.Names);
        Assert.Equal((4, "four"), restored.Pair);
        Assert.Equal(1.5, restored.Table["x"]);
        Assert.Equal([1f, 2f], restored.Fields["member 0"].AsSpan<float>().ToArray());
        Assert.Equal(3, restored.Inner!.Depth);
    }

    [Fact]
    public void What_changes_after_the_capture_is_not_written()
    {
        var state = new Typed { Numbers = [1, 2], Fields = new() { ["x"] = NdArray.From([1.0], 1) } };
        var captured = StateCapture.Capture(state);
        state.Numbers[0] = 99;
        state.Fields["x"].AsSpan<double>()[0] = 99;

        var restored = Decode(captured, new Typed());

        Assert.Equal(1, restored.Numbers[0]);
        Assert.Equal(1.0, restored.Fields["x"].AsSpan<double>()[0]);
    }

    [Fact]
    public void Tensors_of_a_library_that_knows_no_checkpoints_are_read_by_the_factory()
    {
        var state = new WithForeignTensor { Field = new ForeignTensor([3f, 4f]) };
        var factory = new ForeignTensorFactory();
        var captured = StateCapture.Capture(state, new Copies(length => new byte[length], factory));
        Assert.Equal("tensor", captured.Fields["field"].Kind);

        var restored = new WithForeignTensor();
        new PayloadDecoder(Missing, factory).Restore(restored, captured);

        Assert.Equal([3f, 4f], restored.Field!.Values);
        var refusal = Assert.Throws<CheckpointSerializationException>(() => StateCapture.Capture(state));
        Assert.Contains("TensorFactory", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_are_copied_out_and_made_again_by_the_factory()
    {
        var captured = StateCapture.Capture(new WithTensor { Field = new HostTensor([1f, 2f]) });
        Assert.Equal("tensor", captured.Fields["field"].Kind);

        var restored = new WithTensor();
        new PayloadDecoder(Missing, new HostTensorFactory()).Restore(restored, captured);

        Assert.Equal([1f, 2f], restored.Field!.Values);
        var e = Assert.Throws<CheckpointStateSchemaException>(() => new PayloadDecoder(Missing, null).Restore(new WithTensor(), captured));
        Assert.Contains("TensorFactory", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_does_not_fit_is_left_as_it_was()
    {
        var saved = StateCapture.Capture(new Typed { Small = 1, Numbers = [1, 2] });
        var broken = saved.Fields.ToDictionary(f => f.Key, f => f.Key == "numbers" ? new ScalarPayload("str", "x") : f.Value);
        var state = new Typed { Small = 5 };

        Assert.Throws<CheckpointStateSchemaException>(() => Decode(saved with { Fields = broken }, state));
        Assert.Equal(5, state.Small);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(-1)]
    public void A_number_that_does_not_fit_its_property_is_refused(int value)
    {
        var saved = StateCapture.Capture(new OneByte { Value = 1 });
        var other = saved with { Fields = new Dictionary<string, Payload> { ["value"] = new ScalarPayload("int", (long)value) } };

        var e = Assert.Throws<CheckpointStateSchemaException>(() => Decode(other, new OneByte()));
        Assert.Contains("does not fit", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_type_is_refused_with_the_difference_of_each_field()
    {
        var saved = StateCapture.Capture(new Before { Kept = 1, Lost = "x", Changed = NdArray.From([1f], 1) });

        var e = Assert.Throws<CheckpointStateSchemaException>(() => Decode(saved, new After()));

        Assert.Contains("field 'lost' (saved as str) no longer exists", e.Message, StringComparison.Ordinal);
        Assert.Contains("field 'added' (bool) was not saved", e.Message, StringComparison.Ordinal);
        Assert.Contains("field 'changed' was saved as ndarray float32[1] and is now int", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'kept'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(decimal))]
    [InlineData(typeof(object))]
    public void A_value_without_a_place_in_the_format_is_refused_by_field(Type type)
    {
        var state = new Anything { Value = new Dictionary<string, object?> { ["k"] = Activator.CreateInstance(type) } };

        var e = Assert.Throws<CheckpointSerializationException>(() => StateCapture.Capture(state));
        Assert.Contains(".value['k']", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_contains_itself_is_refused()
    {
        var list = new List<object?>();
        list.Add(list);

        Assert.Throws<CheckpointSerializationException>(() => StateCapture.Value(list, "list"));
    }

    [Fact]
    public void Times_finer_than_a_microsecond_are_refused_rather_than_cut() =>
        Assert.Throws<CheckpointSerializationException>(() => RoundTrip(TimeSpan.FromTicks(1)));

    [Fact]
    public void Names_become_snake_case_and_may_be_given()
    {
        var schema = StateSchema.Of(typeof(Named));
        Assert.Equal(["rng_state", "sst_mean", "level2_wind", "given"], schema.Fields.Select(f => f.Name));
        Assert.Equal("tests.Named", schema.StateId);
    }

    [Fact]
    public void A_class_that_is_not_marked_is_no_state() => Assert.Throws<SpecException>(() => StateCapture.Capture(new StateCodecTests()));

    private static object? RoundTrip(object? value)
    {
        var json = PayloadJson.Encode(StateCapture.Value(value, "value"), "value", (_, _) => { });
        var text = PythonJson.Write(json, "value");
        return new PayloadDecoder(Missing, null).Natural(PayloadParser.Parse(PythonJson.ReadObject(text, "value"), "value"));
    }

    private static T Decode<T>(StatePayload saved, T into) where T : class
    {
        var arrays = new Dictionary<string, NdArray>();
        var fields = PayloadJson.Map(saved.Fields, name => name, arrays.Add);
        var parsed = PayloadParser.Map(PythonJson.ReadObject(PythonJson.Write(fields, "state"), "state"), "state");
        new PayloadDecoder(stored => arrays[stored.Path], null).Restore(into, saved with { Fields = parsed });
        return into;
    }

    private static NdArray Missing(StoredArray stored) => throw new DataException($"{stored.Path} is not there.");
}
