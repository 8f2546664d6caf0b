namespace Cairn.Engine.Tests.Models.Python;

/// <summary>What a class of Python does as a model.</summary>
public sealed class PythonModelTests
{
    private const string Drift = """
        def step(self, state):
            return np.roll(state, 1, axis=2) * self.dtype.type(0.5)
        """;

    private const string Remembering = """
        def init(self, fields):
            self.steps, self.before = np.int64(0), fields.astype("f8")
            self.name = "none"
            return fields

        def step(self, state):
            next = (state + 0.25 * self.before + self.steps).astype(self.dtype)
            self.steps, self.before, self.name = self.steps + 1, state.astype("f8"), f"step {self.steps}"
            return next

        def state(self):
            return {"steps": self.steps, "before": self.before, "name": np.array(self.name, "U8"), "half": self.dtype.type(0.5)}

        def load_state(self, arrays):
            self.steps, self.before, self.name = arrays["steps"], arrays["before"], str(arrays["name"])
        """;

    private const string Drawing = """
        def init(self, fields):
            return fields + self.rng.standard_normal(fields.shape).astype(self.dtype)

        def step(self, state):
            return state + self.rng.standard_normal(state.shape).astype(self.dtype)
        """;

    public PythonModelTests() => PythonClass.Require();

    [SkippableFact]
    public void A_state_that_a_step_made_lies_in_memory_that_the_next_step_reads_in_place()
    {
        using var python = new PythonClass(Drift);
        using var model = python.Open();
        using var fields = Made(2);
        using var state = model.Initialize(fields);
        using var next = model.Step(state);
        using var member = next.narrow(0, 1, 1);
        using var last = model.Step(member);
        using var output = model.Fields(next);

        Assert.NotNull(SharedBlocks.PlaceOf(state));
        Assert.NotNull(SharedBlocks.PlaceOf(member));
        var (from, to) = (fields.ToArray<float>(), output.ToArray<float>());
        Assert.Equal(from[3] * 0.5f, to[0]);
        Assert.Equal(from[0] * 0.5f, to[1]);
        Assert.Equal(to[27] * 0.5f, last.ToArray<float>()[0]);
    }

    [SkippableTheory]
    [InlineData(Drift, 1)]
    [InlineData(Remembering, 2)]
    [InlineData(Drawing, 3)]
    [InlineData(Drawing, 300)]
    [InlineData("def step(self, state):\n    return state + self.dtype.type(self.lead_time + self.time)", 4)]
    public void Several_steps_by_one_call_give_the_bits_of_as_many_calls(string body, int count)
    {
        using var python = new PythonClass(body);
        using var model = python.Open();
        var members = model.For(new SteppedMembers(7, [3, 5], _ => 0));
        using var fields = Made(2);
        using var begin = members.Initialize(fields);
        using var before = begin.clone();
        using var together = ((IStretchModel)members).Steps(begin, TimeSpan.FromHours(2), count);
        var one = begin.alias();
        for (var step = 0; step < count; step++)
        {
            using var old = one;
            one = members.Step(old, TimeSpan.FromHours(2 + step));
        }
        using var last = one;
        Assert.True(together.HasBitsOf(last));
        Assert.True(begin.HasBitsOf(before));
    }

    [SkippableFact]
    public void The_member_that_fails_in_one_of_several_steps_is_named()
    {
        using var python = new PythonClass("""
            def step(self, state):
                if self.member == 5 and self.lead_time == 3 * 3600:
                    raise ValueError("not here")
                return state
            """);
        using var model = python.Open();
        var members = model.For(new SteppedMembers(7, [3, 5, 8], _ => 0));
        using var fields = Made(3);
        using var begin = members.Initialize(fields);

        var error = Assert.Throws<StepException>(() => ((IStretchModel)members).Steps(begin, TimeSpan.Zero, 6));

        Assert.Equal(5, error.Member);
        Assert.Contains("ValueError: not here", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_step_that_writes_to_out_gives_the_bits_of_one_that_returns()
    {
        using var returning = new PythonClass(Drift);
        using var writing = new PythonClass("""
            def step(self, state, out):
                out[:, :, 1:] = state[:, :, :-1]
                out[:, :, 0] = state[:, :, -1]
                out *= self.dtype.type(0.5)
            """);
        using var first = returning.Open();
        using var second = writing.Open();

        Assert.True(HaveSameBits(Rolled(first, 3, 4), Rolled(second, 3, 4)));
    }

    [SkippableFact]
    public void A_state_that_fills_large_pages_is_stepped_as_a_small_one_is()
    {
        using var python = new PythonClass(Drift);
        var grid = new LatLonGrid([.. Enumerable.Range(0, 700).Select(i => 0.1 * i)], [.. Enumerable.Range(0, 900).Select(i => 0.1 * i)]);
        using var model = python.Open(o => o with { Grid = grid });
        using var fields = ScriptTrial.MadeUp([2, 2, 700, 900], ScalarType.Float32, CPU);
        using var state = Stepped((ITimedModel)model.For(Members(2)), model.Initialize(fields), 0, 3);
        using var rolled = roll(fields, [3], [3]);
        using var expected = rolled * 0.125f;

        Assert.True(SharedBlocks.PlaceOf(state)!.Value.Block.Bytes > 2 << 20);
        Assert.True(HaveSameBits(expected, state.reshape(expected.shape)));
    }

    [SkippableTheory]
    [InlineData(Drift)]
    [InlineData(Remembering)]
    [InlineData(Drawing)]
    public void A_members_bits_do_not_depend_on_its_batch(string body)
    {
        using var python = new PythonClass(body);
        using var model = python.Open();
        using var all = Rolled(model, 4, 5);
        foreach (var size in new[] { 1, 2, 3 })
        {
            for (var first = 0; first < 4; first += size)
            {
                using var part = Rolled(model, Math.Min(size, 4 - first), 5, first);
                using var same = all.narrow(0, first, part.shape[0]);
                Assert.True(HaveSameBits(same.clone(), part.clone()), $"batch of {size} from member {first}");
            }
        }
    }

    [SkippableTheory]
    [InlineData(Remembering)]
    [InlineData(Drawing)]
    public void A_state_that_another_process_goes_on_from_gives_the_same_bits(string body)
    {
        using var python = new PythonClass(body);
        using var model = python.Open();
        using var calm = Rolled(model, 2, 6);
        using var half = Rolled(model, 2, 3);
        // As a restore makes it: the same numbers in memory of another kind.
        using var kept = Tensors.FromBytes(Bytes(half), half.dtype, half.shape);
        using var again = python.Open();
        using var members = again.For(Members(2)) as ITimedModel;
        using var end = Stepped(members!, kept.clone(), 3, 6);

        Assert.True(HaveSameBits(calm, end));
    }

    [SkippableFact]
    public void A_draw_depends_on_run_seed_member_draw_and_step_alone()
    {
        using var python = new PythonClass("""
            def step(self, state):
                return np.full(state.shape, self.rng.random(), self.dtype)
            """);
        using var model = python.Open();
        float Drawn(ulong seed, int member, int draw, int step)
        {
            using var fields = Made(1);
            using var state = model.Initialize(fields);
            using var members = (ITimedModel)model.For(new SteppedMembers(seed, [member], _ => draw));
            using var next = members.Step(state, TimeSpan.FromHours(step));
            return next.ToArray<float>()[0];
        }

        var draws = new[] { Drawn(1, 2, 0, 3), Drawn(2, 2, 0, 3), Drawn(1, 3, 0, 3), Drawn(1, 2, 1, 3), Drawn(1, 2, 0, 4) };
        Assert.Equal(5, draws.Distinct().Count());
        Assert.Equal(draws[0], Drawn(1, 2, 0, 3));
    }

    [SkippableFact]
    public void A_step_is_told_who_is_stepped_when_and_on_which_grid()
    {
        using var python = new PythonClass("""
            def __init__(self, offset, names=()):
                self.offset = offset + len(names) + len(self.variables) + self.latitudes[0]

            def step(self, state):
                told = [self.member, self.lead_time, self.time, self.step_seconds, self.offset, self.longitudes[-1]]
                return np.broadcast_to(np.array(told + [0] * 6, self.dtype), (2, 12)).reshape(2, 3, 4)
            """);
        using var model = python.Open(o => o with
        {
            Arguments = new() { ["offset"] = 0.5, ["names"] = new System.Text.Json.Nodes.JsonArray("a", "b") },
        });
        using var fields = Made(1);
        using var state = model.Initialize(fields);
        using var members = (ITimedModel)model.For(new SteppedMembers(0, [7], _ => 0));
        using var next = members.Step(state, TimeSpan.FromHours(2));

        Assert.Equal([7, 7200, 86400 + 7200, 3600, 34.5f, 270], next.ToArray<float>()[..6]);
    }

    [SkippableFact]
    public void A_class_that_derives_from_nothing_and_has_a_step_alone_is_stepped()
    {
        using var python = new PythonClass("def step(self, x):\n    return x + np.float32(1)", parent: "object");
        using var model = python.Open();
        using var fields = Made(1);
        using var state = model.Initialize(fields);
        using var next = model.Step(state);
        using var output = model.Fields(next);

        Assert.Equal(fields.ToArray<float>()[5] + 1, output.ToArray<float>()[5]);
    }

    private static SteppedMembers Members(int count, int first = 0) => new(42, [.. Enumerable.Range(first, count)], _ => 0);
    private static Tensor Made(int members) => ScriptTrial.MadeUp([members, 2, 3, 4], ScalarType.Float32, CPU);

    /// <summary>Members of an ensemble of four, stepped in a batch of their own.</summary>
    private static Tensor Rolled(PythonModel model, int count, int steps, int first = 0)
    {
        using var all = Made(4);
        using var fields = all.narrow(0, first, count);
        using var members = (ITimedModel)model.For(Members(count, first));
        return Stepped(members, members.Initialize(fields), 0, steps);
    }

    private static Tensor Stepped(ITimedModel model, Tensor state, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            using var before = state;
            state = model.Step(before, TimeSpan.FromHours(step));
        }
        return state;
    }

    private static byte[] Bytes(Tensor tensor)
    {
        var bytes = new byte[Tensors.ByteCount(tensor)];
        tensor.CopyTo(bytes);
        return bytes;
    }

    private static bool HaveSameBits(Tensor first, Tensor second) => first.HasBitsOf(second);
}
