namespace Cairn.Engine.Tests.Models.Onnx;

public sealed class ScheduledOnnxModelTests : IDisposable
{
    private static readonly LatLonGrid Grid = new([30, 0, -30], [0, 90, 180, 270]);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-networks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(OnnxMembers.Alone)]
    [InlineData(OnnxMembers.Together)]
    public void The_longest_network_that_ends_with_a_step_takes_it_from_where_its_time_begins(OnnxMembers members)
    {
        using var model = Open(OnnxMapping.Same(["u"]), members, Adding("six", 6, 1), Adding("day", 24, 100), Adding("week", 168, 10_000));

        float[] expected = [1, 2, 3, 100, 101, 102, 103, 200];
        Assert.Equal(expected.SelectMany(u => new[] { u, u + 7 }), Rolled(model, [0, 7], 8));
        Assert.Equal([603, 10_000, 10_001], Rolled(model, [0], 29).Skip(26));
    }

    [Fact]
    public void What_repeats_a_variable_takes_it_from_one_step_ago_whichever_network_steps()
    {
        // Both are given the state of a step ago besides: u + u-before, and 100 times that.
        string Summing(string name, float factor) => new OnnxGraph()
            .Input("x", OnnxGraph.Float, "member", 3, 3, 4).Output("y", OnnxGraph.Float, "member", 1, 3, 4).Constant("f", factor)
            .Node("Split", ["x"], ["before", "now", "mask"], ("axis", 1)).Node("Add", ["before", "now"], ["sum"])
            .Node("Mul", ["sum", "f"], ["y"]).Write(At(name));
        var mapping = new OnnxMapping([new("x", ["u-before", "u", "mask"])], [new("y", ["u"])])
        {
            Previous = [new("u-before", "u"), new("mask", "mask")],
        };
        foreach (var members in Enum.GetValues<OnnxMembers>())
        {
            using var model = Open(mapping, members, new(Summing("a.onnx", 1), 6 * Hour), new(Summing("b.onnx", 100), 18 * Hour));

            // From (1, 1) by sums: 2, 3; from (1, 1) of lead time zero: 200; then 200 + 3, the one of a step ago, and so on; from
            // (3, 200) of 18 h: 20300.
            Assert.Equal([2, 3, 200, 203, 403, 20300], Rolled(model, [1, 1, 9], 6));
            Assert.Equal([2, 20, 3, 30, 200, 2000], Rolled(model, [1, 1, 9, 10, 10, 9], 3));
        }
    }

    [Fact]
    public void Fields_are_reduced_and_restored_by_the_same_constants_for_all()
    {
        var mapping = OnnxMapping.Same(["u"]) with { Scales = [new("u", 10, 4)] };
        using var model = Open(mapping, OnnxMembers.Alone, Adding("a", 6, 1), Adding("b", 12, 5));

        Assert.Equal([22, 38, 42, 58], Rolled(model, [18], 4));
    }

    [Fact]
    public void A_members_bits_do_not_depend_on_the_others_of_its_batch()
    {
        TorchRuntime.UseDeterministicSettings();
        using var model = Open(OnnxMapping.Same(["u", "v"]), OnnxMembers.Alone, Scaling("a", 6, 0.9f), Scaling("b", 18, 0.8f));
        using var batch = ScriptTrial.MadeUp([5, 2, 3, 4], ScalarType.Float32, CPU);
        using var last = batch.narrow(0, 4, 1);
        using var all = Roll(model, batch, 7);
        using var one = Roll(model, last, 7);
        using var same = all.narrow(0, 4, 1);

        Assert.True(one.HasBitsOf(same));
        Assert.False(model.Description.DependsOnBatch);
    }

    [Fact]
    public void A_step_has_to_be_told_a_lead_time_that_the_schedule_has_and_a_state_of_its_own()
    {
        using var model = Open(OnnxMapping.Same(["u"]), OnnxMembers.Alone, Adding("a", 6, 1), Adding("b", 24, 2));
        using var fields = Channels([0], 1);
        using var state = model.Initialize(fields);

        Assert.Contains(
            "without being told its lead time", Assert.Throws<StepException>(() => model.Step(state)).Message, StringComparison.Ordinal);
        Assert.Contains("a whole multiple of their step, 6 h",
            Assert.Throws<StepException>(() => model.Step(state, 4 * Hour)).Message, StringComparison.Ordinal);
        Assert.Contains("float32[1, 1, 3, 4] on cpu; expected 2 channels: 1 variables of 2 times",
            Assert.Throws<StepException>(() => model.Step(fields, 6 * Hour)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_of_breeding_is_a_rollout_of_its_own()
    {
        using var model = Open(OnnxMapping.Same(["u"]), OnnxMembers.Alone, Adding("a", 6, 1), Adding("b", 18, 100));
        using var fields = Channels([5], 1);
        using var next = new ModelCycle(model, steps: 4).Advance(fields);

        Assert.Equal(106, next.ToArray<float>()[0]);
    }

    [Theory]
    [InlineData("no such", "'day.onnx' does not exist", "model.networks")]
    [InlineData("nan", "'day.onnx': u in output", "one step from the initial condition")]
    [InlineData("grid", "of 'day.onnx' does not fit", "then 3 latitudes and 4 longitudes")]
    [InlineData("name", "'day.onnx' has no input 'input'", "Check model.inputs")]
    [InlineData("random", "'day.onnx' gave two answers to one state", "model.eval()")]
    public void What_is_wrong_with_one_of_the_files_names_it(string kind, string told, string cure)
    {
        object[] shape = ["member", 1, 3, 4];
        var graph = kind switch
        {
            "nan" => OnnxGraph.Of("Div", 0, shape),
            "grid" => OnnxGraph.Of("Mul", 2, ["member", 1, 3, 5]),
            "name" => new OnnxGraph().Input("x", OnnxGraph.Float, shape).Output("output", OnnxGraph.Float, shape)
                .Node("Neg", ["x"], ["output"]),
            "random" => new OnnxGraph().Input("input", OnnxGraph.Float, shape).Output("output", OnnxGraph.Float, shape)
                .Node("RandomNormalLike", ["input"], ["output"]),
            _ => null,
        };
        _ = graph?.Write(At("day.onnx"));
        var mapping = new OnnxMapping([new("input", ["u"])], [new("output", ["u"])]);
        using var fields = Channels([1], 1);

        var error = Assert.ThrowsAny<CairnException>(() => ScheduledOnnxModel.Open(
            Options(Adding("six", 6, 1), mapping, OnnxMembers.Alone), [new(At("day.onnx"), 24 * Hour)], fields));

        Assert.Contains(told, error.Message.Replace(_folder + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(cure, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_that_make_no_schedule_are_refused_before_a_file_is_opened()
    {
        var error = Assert.Throws<SpecException>(
            () => Open(OnnxMapping.Same(["u"]), OnnxMembers.Alone, new("a", 6 * Hour), new("b", 15 * Hour)));

        Assert.Contains("have a network that covers 15h; expected a whole multiple", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digests_of_all_files_and_of_their_weights_are_part_of_the_numerics()
    {
        var day = new OnnxGraph().Input("input", OnnxGraph.Float, 1, 3, 4).Output("output", OnnxGraph.Float, 1, 3, 4)
            .External("w", 1, "weights.bin").Node("Mul", ["input", "w"], ["output"]).Write(At("day.onnx"));
        File.WriteAllBytes(At("weights.bin"), BitConverter.GetBytes(3f));
        var six = Adding("six", 6, 1);
        using var model = Open(OnnxMapping.Same(["u"]), OnnxMembers.Alone, six, new(day, 24 * Hour));

        Assert.Equal(3, model.Description.NumericsInputs.Distinct().Count());
        Assert.Equal([.. OnnxFile.Digests(six.Path), .. OnnxFile.Digests(day)], model.Description.NumericsInputs);
        Assert.Equal([1, 2, 3, 0], Rolled(model, [0], 4));
    }

    private static ScheduledOnnxModel Open(OnnxMapping mapping, OnnxMembers members, params OnnxNetwork[] networks) =>
        ScheduledOnnxModel.Open(Options(networks[0], mapping, members), [.. networks.Skip(1).Reverse()]);

    private static OnnxModelOptions Options(OnnxNetwork network, OnnxMapping mapping, OnnxMembers members) =>
        new() { Path = network.Path, Mapping = mapping, Grid = Grid, Step = network.Covers, Members = members };

    private OnnxNetwork Adding(string name, int hours, float what) =>
        new(OnnxGraph.Of("Add", what, ["member", 1, 3, 4]).Write(At($"{name}.onnx")), hours * Hour);

    private OnnxNetwork Scaling(string name, int hours, float factor) =>
        new(OnnxGraph.Of("Mul", factor, ["member", 2, 3, 4]).Write(At($"{name}.onnx")), hours * Hour);

    private string At(string name) => Path.Combine(_folder, name);

    /// <summary>Steps members whose channels are constant each; gives the first number of each channel of their fields after each
    /// step.</summary>
    private static float[] Rolled(ScheduledOnnxModel model, float[] channels, int steps)
    {
        using var fields = Channels(channels, channels.Length / model.Description.InputVariables.Count);
        var state = model.Initialize(fields);
        var found = new List<float>();
        for (var step = 0; step < steps; step++)
        {
            using var old = state;
            state = model.Step(old, step * model.Description.Step);
            using var made = model.Fields(state);
            found.AddRange(made.ToArray<float>().Chunk(12).Select(field => Assert.Single(field.Distinct())));
        }
        state.Dispose();
        return [.. found];
    }

    private static Tensor Roll(ScheduledOnnxModel model, Tensor fields, int steps)
    {
        var state = model.Initialize(fields);
        for (var step = 0; step < steps; step++)
        {
            using var old = state;
            state = model.Step(old, step * model.Description.Step);
        }
        return state;
    }

    private static Tensor Channels(float[] channels, int members) => Tensors.From(
        channels.SelectMany(value => Enumerable.Repeat(value, 12)).ToArray(), members, channels.Length / members, 3, 4);
}
