namespace Cairn.Engine.Tests.Models.Onnx;

public sealed class OnnxModelTests : IDisposable
{
    private static readonly LatLonGrid Grid = new([30, 0, -30], [0, 90, 180, 270]);
    private static readonly string Drift = Path.Combine(typeof(OnnxModelTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!, "models", "drift.onnx");

    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-onnx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Surface_and_upper_air_go_to_inputs_of_their_own_and_come_back_in_place()
    {
        // Like Pangu-Weather: no axis for members, and the levels of the upper air on an axis of their own.
        var path = new OnnxGraph().Input("upper", OnnxGraph.Float, 2, 2, 3, 4).Input("surface", OnnxGraph.Float, 1, 3, 4)
            .Output("next_surface", OnnxGraph.Float, 1, 3, 4).Output("next_upper", OnnxGraph.Float, 2, 2, 3, 4)
            .Constant("half", 0.5f).Node("Mul", ["upper", "half"], ["next_upper"]).Node("Add", ["surface", "half"], ["next_surface"])
            .Write(At("pangu.onnx"));
        var mapping = new OnnxMapping(
            [new("upper", ["z500", "z850", "q500", "q850"]), new("surface", ["t2m"])],
            [new("next_upper", ["z500", "z850", "q500", "q850"]), new("next_surface", ["t2m"])]);
        using var model = OnnxModel.Open(Options(path, mapping));

        // Member and channel by channel: 1 to 5 and 11 to 15.
        Assert.Equal([0.5f, 1, 1.5f, 2, 5.5f, 5.5f, 6, 6.5f, 7, 15.5f], Stepped(model, [1, 2, 3, 4, 5, 11, 12, 13, 14, 15]));
    }

    [Fact]
    public void A_file_that_takes_two_times_is_given_the_state_of_a_step_ago_and_more_channels_than_named_are_left()
    {
        // Like FengWu: the state before and the state now in, the next state first among what comes out.
        var path = new OnnxGraph().Input("x", OnnxGraph.Float, "member", 2, 3, 4).Output("y", OnnxGraph.Float, "member", 3, 3, 4)
            .Node("Split", ["x"], ["before", "now"], ("axis", 1)).Node("Add", ["before", "now"], ["sum"])
            .Node("Concat", ["sum", "before", "now"], ["y"], ("axis", 1)).Write(At("fibonacci.onnx"));
        var mapping = new OnnxMapping([new("x", ["u-before", "u"])], [new("y", ["u"])]) { Previous = [new("u-before", "u")] };
        foreach (var members in Enum.GetValues<OnnxMembers>())
        {
            using var model = OnnxModel.Open(Options(path, mapping) with { Members = members });

            Assert.Equal(["u"], model.Description.OutputVariables);
            Assert.Equal([8f, 80], Stepped(model, [1, 2, 10, 20], steps: 3));
        }
    }

    [Fact]
    public void Fields_are_reduced_before_and_restored_after_and_what_repeats_a_variable_has_its_constants()
    {
        var path = new OnnxGraph().Input("x", OnnxGraph.Float, 3, 3, 4).Output("y", OnnxGraph.Float, 3, 3, 4).Constant("half", 0.5f)
            .Node("Mul", ["x", "half"], ["y"]).Write(At("half.onnx"));
        var mapping = new OnnxMapping([new("x", ["u", "u-before", "mask"])], [new("y", ["u"])])
        {
            Previous = [new("u-before", "u"), new("mask", "mask")], Scales = [new("u", 10, 4)],
        };
        using var model = OnnxModel.Open(Options(path, mapping));
        using var fields = Channels([18, 14, 7]);
        using var state = model.Initialize(fields);
        using var next = model.Step(state);

        Assert.Equal([2f, 1, 7], Firsts(state));
        Assert.Equal([1f, 2, 7], Firsts(next));
        Assert.Equal([14f], Stepped(model, [18, 14, 7]));
    }

    [Fact]
    public void A_members_bits_do_not_depend_on_the_others_of_its_batch_and_together_they_come_to_the_same()
    {
        TorchRuntime.UseDeterministicSettings();
        var mapping = OnnxMapping.Same(["u", "v"]);
        using var alone = OnnxModel.Open(Options(Drift, mapping));
        using var together = OnnxModel.Open(Options(Drift, mapping) with { Members = OnnxMembers.Together });
        using var batch = ScriptTrial.MadeUp([5, 2, 3, 4], ScalarType.Float32, CPU);
        using var all = Roll(alone, batch, 10);
        using var last = batch.narrow(0, 4, 1);
        using var one = Roll(alone, last, 10);
        using var same = all.narrow(0, 4, 1);
        using var close = Roll(together, batch, 10);

        Assert.True(one.HasBitsOf(same));
        Assert.True(close.MaxDifference(all) < 1e-5);
        Assert.True(all.MaxDifference(batch) > 0.01);
        Assert.Equal((false, true), (alone.Description.DependsOnBatch, together.Description.DependsOnBatch));
    }

    [Fact]
    public void A_file_of_doubles_is_stepped_in_doubles()
    {
        var path = new OnnxGraph().Input("x", OnnxGraph.Double, 1, 3, 4).Output("y", OnnxGraph.Double, 1, 3, 4)
            .Node("Add", ["x", "x"], ["y"]).Write(At("double.onnx"));
        using var model = OnnxModel.Open(Options(path, OnnxMapping.Same(["u"])) with { DType = ScalarType.Float64 });
        using var fields = full(new long[] { 1, 1, 3, 4 }, 0.1, ScalarType.Float64);
        using var next = model.Step(fields);

        Assert.All(next.ToArray<double>(), value => Assert.Equal(0.2, value));
    }

    [Fact]
    public void Several_threads_step_one_session()
    {
        using var model = OnnxModel.Open(Options(Drift, OnnxMapping.Same(["u", "v"])));
        using var fields = ScriptTrial.MadeUp([2, 2, 3, 4], ScalarType.Float32, CPU);
        using var expected = Roll(model, fields, 50);
        var same = new bool[4];
        var threads = same.Select((_, i) => new Thread(() =>
        {
            using var found = Roll(model, fields, 50);
            same[i] = found.HasBitsOf(expected);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.DoesNotContain(false, same);
    }

    public static TheoryData<string, string[]> Unfit => new()
    {
        { "missing", ["missing.onnx' does not exist", "check model.path"] },
        { "garbage", ["is no ONNX file", "Expected what torch.onnx.export writes"] },
        { "opset", ["cannot load", "opset", "export it anew with an older opset"] },
        { "operator", ["cannot load", "Telepathy", "without operators of your own"] },
        { "input", ["has no input 'x'; it has 'input' (float32[member, 2, 3, 4])", "Check model.inputs"] },
        { "output", ["has no output 'y'; it has 'output' (float32[member, 2, 3, 4])", "Check model.outputs"] },
        { "another input", ["takes 'temb' (float32[1, 12]) too", "expected every input of the file there"] },
        { "two inputs", ["has 2 inputs: 'input'", "expected model.inputs to tell the variables of each"] },
        { "channels", ["'input' (float32[member, 3, 3, 4])", "expected axes that hold 2 variables (u, v), then 3 latitudes", "Name 3"] },
        { "grid", ["'input' (float32[1, 2, 3, 5])", "then 3 latitudes and 4 longitudes", "initial.regrid"] },
        { "batch", ["'input' (float32[4, 2, 3, 4])", "free or single member"] },
        { "half", ["'input' (float16[member, 2, 3, 4])", "was to be of model.dtype = float32", "Export it with"] },
        { "double", ["'input' (float64[member, 2, 3, 4])", "Set model.dtype = float64"] },
        { "random", ["gave two answers to one state", "model.eval()"] },
        { "raises", ["failed on input = float32[1, 2, 3, 4]", "It was stepped once"] },
        { "external", ["keeps weights in", "weights.bin', which does not exist; copy it beside"] },
        { "outside", ["keeps weights in '../weights.bin', which is not beside it"] },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void A_file_that_does_not_fit_is_refused_by_what_was_found_and_what_to_do(string kind, string[] told)
    {
        var mapping = kind switch
        {
            "input" => new OnnxMapping([new("x", ["u", "v"])], [new("output", ["u", "v"])]),
            "output" => new OnnxMapping([new("input", ["u", "v"])], [new("y", ["u", "v"])]),
            "another input" => new OnnxMapping([new("input", ["u", "v"])], [new("output", ["u", "v"])]),
            _ => OnnxMapping.Same(["u", "v"]),
        };
        var path = Bad(kind);

        var error = Assert.ThrowsAny<CairnException>(() => OnnxModel.Open(Options(path, mapping)).Dispose());

        Assert.All(told, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_were_to_share_a_call_need_a_free_axis()
    {
        var path = OnnxGraph.Of("Mul", 2, [1, 2, 3, 4]).Write(At("single.onnx"));

        var error = Assert.Throws<SpecException>(
            () => OnnxModel.Open(Options(path, OnnxMapping.Same(["u", "v"])) with { Members = OnnxMembers.Together }));
        Assert.Contains("'input' of", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.members = alone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_none_are_told_by_variable_and_tensor_whether_given_or_made()
    {
        var mapping = OnnxMapping.Same(["u", "v"]);
        var path = OnnxGraph.Of("Div", 0, ["member", 2, 3, 4]).Write(At("nan.onnx"));
        using var fields = Channels([1, 2]);
        using var gaps = Channels([1, float.NaN]);

        var made = Assert.Throws<SpecException>(() => OnnxModel.Open(Options(path, mapping), fields));
        var given = Assert.Throws<SpecException>(() => OnnxModel.Open(Options(Drift, mapping), gaps));

        Assert.Contains("u in output '", made.Message, StringComparison.Ordinal);
        Assert.Contains("one step from the initial condition, which is finite, made it", made.Message, StringComparison.Ordinal);
        Assert.Contains("v in input '", given.Message, StringComparison.Ordinal);
        Assert.Contains("the initial condition holds it", given.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_beside_the_file_are_read_and_their_digest_is_part_of_the_numerics()
    {
        var path = new OnnxGraph().Input("x", OnnxGraph.Float, 1, 3, 4).Output("y", OnnxGraph.Float, 1, 3, 4)
            .External("w", 1, "weights.bin").Node("Mul", ["x", "w"], ["y"]).Write(At("large.onnx"));
        File.WriteAllBytes(At("weights.bin"), BitConverter.GetBytes(3f));
        using var before = OnnxModel.Open(Options(path, OnnxMapping.Same(["u"])));
        Assert.Equal([6f], Stepped(before, [2]));
        // A new file, as a copy program makes one: the session reads the old one in place.
        File.Delete(At("weights.bin"));
        File.WriteAllBytes(At("weights.bin"), BitConverter.GetBytes(4f));
        using var after = OnnxModel.Open(Options(path, OnnxMapping.Same(["u"])));

        Assert.Equal([6f], Stepped(before, [2]));
        Assert.Equal([8f], Stepped(after, [2]));
        Assert.Equal(2, before.Description.NumericsInputs.Count);
        Assert.Equal(before.Description.NumericsInputs[0], after.Description.NumericsInputs[0]);
        Assert.NotEqual(before.Description.NumericsInputs[1], after.Description.NumericsInputs[1]);
    }

    private string Bad(string kind)
    {
        object[] shape = ["member", 2, 3, 4];
        OnnxGraph Two(params object[] other) => OnnxGraph.Of("Mul", 2, shape).Input("temb", OnnxGraph.Float, other);
        switch (kind)
        {
            case "missing":
                return At("missing.onnx");
            case "garbage":
                File.WriteAllText(At("garbage.onnx"), "PK no protobuf at all");
                return At("garbage.onnx");
        }
        var graph = kind switch
        {
            "operator" => OnnxGraph.Of("Telepathy", 2, shape),
            "another input" or "two inputs" => Two(1, 12),
            "channels" => OnnxGraph.Of("Mul", 2, ["member", 3, 3, 4]),
            "grid" => OnnxGraph.Of("Mul", 2, [1, 2, 3, 5]),
            "batch" => OnnxGraph.Of("Mul", 2, [4, 2, 3, 4]),
            "half" => new OnnxGraph().Input("input", OnnxGraph.Half, shape).Output("output", OnnxGraph.Half, shape)
                .Node("Neg", ["input"], ["output"]),
            "double" => new OnnxGraph().Input("input", OnnxGraph.Double, shape).Output("output", OnnxGraph.Double, shape)
                .Node("Neg", ["input"], ["output"]),
            "random" => new OnnxGraph().Input("input", OnnxGraph.Float, shape).Output("output", OnnxGraph.Float, shape)
                .Node("RandomNormalLike", ["input"], ["output"]),
            "raises" => new OnnxGraph().Input("input", OnnxGraph.Float, shape).Output("output", OnnxGraph.Float, shape)
                .Constant("c", 1000).Node("Mul", ["input", "c"], ["large"])
                .Node("Cast", ["large"], ["places"], ("to", OnnxGraph.Int64))
                .Node("GatherElements", ["input", "places"], ["output"], ("axis", 3)),
            "external" => OnnxGraph.Of("Mul", 2, shape).External("w", 1, "weights.bin"),
            "outside" => OnnxGraph.Of("Mul", 2, shape).External("w", 1, "../weights.bin"),
            _ => OnnxGraph.Of("Mul", 2, shape),
        };
        return graph.Write(At($"{kind.Replace(' ', '-')}.onnx"), kind == "opset" ? 999 : 13);
    }

    private static OnnxModelOptions Options(string path, OnnxMapping mapping) =>
        new() { Path = path, Mapping = mapping, Grid = Grid, Step = TimeSpan.FromHours(6) };

    private string At(string name) => Path.Combine(_folder, name);

    /// <summary>Steps members whose channels are constant each, and gives the first number of each channel of their fields.</summary>
    private static float[] Stepped(OnnxModel model, float[] channels, int steps = 1)
    {
        using var fields = Channels(channels, channels.Length / model.Description.InputVariables.Count);
        using var state = model.Initialize(fields);
        using var next = Roll(model, state, steps);
        using var made = model.Fields(next);
        return Firsts(made);
    }

    private static float[] Firsts(Tensor fields) => [.. fields.ToArray<float>().Chunk(12).Select(field => Assert.Single(field.Distinct()))];

    private static Tensor Channels(float[] channels, int members = 1) => Tensors.From(
        channels.SelectMany(value => Enumerable.Repeat(value, 12)).ToArray(), members, channels.Length / members, 3, 4);

    private static Tensor Roll(OnnxModel model, Tensor state, int steps)
    {
        var next = model.Step(state);
        for (var step = 1; step < steps; step++)
        {
            using var old = next;
            next = model.Step(old);
        }
        return next;
    }
}
