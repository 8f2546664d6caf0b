using Cairn.Engine.Tests.Torch;

namespace Cairn.Engine.Tests.Models;

public sealed class ScriptModelTests : IDisposable
{
    private const string Identity = "def step(x: Tensor) -> Tensor:\n    return x\n";

    private static readonly LatLonGrid Grid = new([30, 0, -30], [0, 90, 180, 270]);
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_shipped_example_steps_and_keeps_the_sum_of_each_variable()
    {
        TorchRuntime.UseDeterministicSettings();
        using var model = ScriptModel.Open(Options(Path.Combine(Root, "models", "advection.ts")) with { DType = ScalarType.Float64 });
        using var fields = Winds(members: 2).to(ScalarType.Float64);
        using var state = model.Initialize(fields);
        using var next = model.Step(state);
        using var output = model.Fields(next);

        Assert.Equal([2L, 2L, 3L, 4L], output.shape);
        Assert.True(next.MaxDifference(state) > 0.1);
        Assert.Equal(state.ToArray<double>().Sum(), next.ToArray<double>().Sum(), 9);
    }

    [Fact]
    public void A_restored_state_goes_on_with_the_same_bits_in_another_module()
    {
        TorchRuntime.UseDeterministicSettings();
        var options = Options(Path.Combine(Root, "models", "advection.ts"));
        using var fields = Winds(members: 2);
        using var undisturbed = Roll(options, fields, 10);
        using var half = Roll(options, fields, 5);
        var bytes = new byte[half.numel() * 4];
        half.CopyTo(bytes);
        using var restored = Tensors.FromBytes(bytes, half.dtype, [.. half.shape]);
        using var resumed = Roll(options, restored, 5);

        Assert.True(resumed.HasBitsOf(undisturbed));
    }

    [Fact]
    public void A_step_that_returns_a_transposed_view_gives_a_plain_state()
    {
        var options = Options(Write(
            "turn.ts", "def step(x: Tensor) -> Tensor:\n    return x.flip([3]).transpose(2, 3).contiguous().transpose(2, 3)"));
        using var fields = Winds(members: 1);
        using var undisturbed = Roll(options, fields, 2);
        using var once = Roll(options, fields, 1);
        using var copied = once.clone();
        using var resumed = Roll(options, copied, 1);

        Assert.True(resumed.HasBitsOf(undisturbed));
        Assert.True(undisturbed.HasBitsOf(fields));
    }

    [Fact]
    public void An_archive_is_known_by_its_content_and_not_by_its_name()
    {
        using var made = new ScriptArchive("def step(self, x: Tensor) -> Tensor:\n    return x * 2");
        var archive = Path.Combine(_folder, "model.ts");
        File.Copy(made.Path, archive);
        using var model = ScriptModel.Open(Options(archive));
        using var text = ScriptModel.Open(Options(Write("text.pt", "def step(x: Tensor) -> Tensor:\n    return x * 2")));

        Assert.StartsWith("sha256:", model.Description.NumericsInputs[0], StringComparison.Ordinal);
        Assert.Equal(71, model.Description.NumericsInputs[0].Length);
        Assert.Contains("return x * 2", text.Description.NumericsInputs[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_converted_to_the_models_element_type_and_indices_are_not()
    {
        using var archive = new ScriptArchive(
            "def step(self, x: Tensor) -> Tensor:\n    return torch.index_select(x, 3, self.order) * self.weight",
            ("weight", full([1], 2, ScalarType.Float32)), ("order", Tensors.From<long>([3, 2, 1, 0], 4)));
        using var model = ScriptModel.Open(Options(archive.Path) with { DType = ScalarType.Float64 });
        using var fields = Winds(members: 1);
        using var state = model.Initialize(fields);
        using var next = model.Step(state);

        Assert.Equal(ScalarType.Float64, next.dtype);
        Assert.Equal(2 * state.ToArray<double>()[3], next.ToArray<double>()[0]);
    }

    [Theory]
    [InlineData("return x[:, :1]", "Method 'step' of", "float32[1, 1, 3, 4] on cpu; expected the state's own: float32[1, 2, 3, 4] on cpu")]
    [InlineData("return x.double()", "returned float64[1, 2, 3, 4]", "expected the state's own: float32")]
    [InlineData("return x + torch.ones([5])", "Method 'step' of", "failed on float32[1, 2, 3, 4]", "called with made-up numbers")]
    public void A_step_that_changes_shape_or_element_type_or_fails_is_refused_when_it_is_opened(string body, params string[] expected)
    {
        var error = Assert.Throws<SpecException>(() => Model($"def step(x: Tensor) -> Tensor:\n    {body}"));

        Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Fields_of_another_shape_than_declared_are_refused()
    {
        var error = Assert.Throws<SpecException>(
            () => Model(Identity + "def fields(x: Tensor) -> Tensor:\n    return x[:, :1]"));

        Assert.Contains("'fields' of", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected [1, 2, 3, 4] (batch; u10m, v10m; latitude; longitude)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_init_that_gives_another_element_type_is_refused_for_a_restart_would_round_it()
    {
        var refusal = Assert.Throws<SpecException>(
            () => Model(Identity + "def init(fields: Tensor) -> Tensor:\n    return fields.double()"));

        Assert.Contains("float32", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("float64", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_init_that_asks_for_the_time_gets_the_seconds_since_1970_whole_in_a_float32_model()
    {
        const string Text = Identity + "def init(fields: Tensor, time: Tensor) -> Tensor:\n"
            + "    return torch.cat([fields, torch.zeros_like(fields) + (time - 631152000.0)], 1)\n"
            + "def fields(x: Tensor) -> Tensor:\n    return x[:, :2]";
        var time = CfTime.Parse("1990-01-01T00:00:01", CfCalendar.Standard, out _);
        var options = Options(Write("time.ts", Text)) with { InitialTime = time };
        using var model = ScriptModel.Open(options);
        using var fields = Winds(members: 1);
        using var state = model.Initialize(fields);

        Assert.Equal([1L, 4L, 3L, 4L], state.shape);
        Assert.Equal(1f, state.ToArray<float>()[^1]);
        var refusal = Assert.Throws<SpecException>(() => ScriptModel.Open(options with { InitialTime = null }));
        Assert.Contains("asks for the time of the fields", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_argument_of_init_that_is_not_the_time_is_refused()
    {
        var refusal = Assert.Throws<SpecException>(() => Model(
            Identity + "def init(fields: Tensor, mask: Tensor) -> Tensor:\n    return fields * mask"));

        Assert.Contains("time: Tensor", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Initial_fields_of_the_wrong_shape_and_an_init_that_loses_the_batch_are_refused()
    {
        using var model = Model(Identity);
        using var fields = Winds(members: 3);
        using var flat = fields.reshape(3, -1);

        Assert.Contains("[3, 24]", Assert.Throws<SpecException>(() => model.Initialize(flat)).Message, StringComparison.Ordinal);
        var refusal = Assert.Throws<SpecException>(() => Model(Identity + "def init(fields: Tensor) -> Tensor:\n    return fields[0]"));
        Assert.Contains("'init'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x[0] += 1\n    return x")]
    [InlineData("return x.mul_(1.5)")]
    public void A_model_that_changes_its_argument_in_place_is_refused(string body)
    {
        var error = Assert.Throws<SpecException>(() => Model($"def step(x: Tensor) -> Tensor:\n    {body}"));

        Assert.Contains("Method 'step' of", error.Message, StringComparison.Ordinal);
        Assert.Contains("changed its argument in place", error.Message, StringComparison.Ordinal);
        Assert.Contains("x = x.clone()", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return x + torch.randn_like(x)")]
    [InlineData("return torch.dropout(x, 0.5, True)")]
    public void A_model_that_draws_random_numbers_is_refused_with_the_setting_that_makes_it_restart_proof(string body)
    {
        var error = Assert.Throws<SpecException>(() => Model($"def step(x: Tensor) -> Tensor:\n    {body}"));

        Assert.Contains("Method 'step' of", error.Message, StringComparison.Ordinal);
        Assert.Contains("two answers to one argument", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.stochastic = true", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_may_not_draw_even_in_a_stochastic_model()
    {
        var path = Write("noise.ts", Identity + "def fields(x: Tensor) -> Tensor:\n    return x + torch.randn_like(x)");

        var error = Assert.Throws<SpecException>(() => ScriptModel.Open(Options(path) with { Stochastic = true }));

        Assert.Contains("draw in step", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("self.last = x")]
    [InlineData("_ = torch.add_(self.last, 1)")]
    public void A_model_that_keeps_state_of_its_own_is_refused_before_the_first_step(string keep)
    {
        using var archive = new ScriptArchive(
            $"def keep(self, x: Tensor) -> Tensor:\n  {keep}\n  return x\n"
                + "def step(self, x: Tensor) -> Tensor:\n  return (self).keep(x, )",
            ("last", full([1], 0, ScalarType.Float32)));

        var error = Assert.Throws<SpecException>(() => ScriptModel.Open(Options(archive.Path)));

        Assert.Contains("Method 'step' of", error.Message, StringComparison.Ordinal);
        Assert.Contains("changes self.last", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("def forward(x: Tensor) -> Tensor:\n    return x", "has no method 'step'; found forward")]
    [InlineData("def step(x: Tensor, y: Tensor) -> Tensor:\n    return x", "expected step(x: Tensor) -> Tensor")]
    [InlineData("def step(x: Tensor) -> int:\n    return 1", "expected step(x: Tensor) -> Tensor")]
    [InlineData("def step(x: Tensor) -> Tensor:\n    return y", "undefined value y")]
    public void A_script_without_a_usable_step_says_what_is_expected(string text, string expected)
    {
        var error = Assert.Throws<SpecException>(() => Model(text));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_with_defaults_is_usable()
    {
        using var model = Model("def step(x: Tensor, factor: float = 3.0) -> Tensor:\n    return x * factor");
        using var fields = Winds(members: 1);
        using var next = model.Step(fields);

        Assert.Equal(3 * fields.ToArray<float>()[1], next.ToArray<float>()[1]);
    }

    [Fact]
    public void A_failing_step_is_a_step_exception_that_names_method_and_argument()
    {
        using var model = Model("def step(x: Tensor) -> Tensor:\n    assert bool(x.min() >= 0), 'negative'\n    return x");
        using var fields = Winds(members: 1);

        var error = Assert.Throws<StepException>(() => model.Step(fields));

        Assert.Contains("Method 'step'", error.Message, StringComparison.Ordinal);
        Assert.Contains("float32[1, 2, 3, 4]", error.Message, StringComparison.Ordinal);
        Assert.IsType<TorchException>(error.InnerException);
    }

    [Fact]
    public void A_file_that_is_neither_archive_nor_text_is_bad_data()
    {
        var binary = Path.Combine(_folder, "binary.pt");
        File.WriteAllBytes(binary, [0x80, 0x02, 0x00, 0x8a]);

        var unreadable = Assert.Throws<DataException>(() => ScriptModel.Open(Options(binary)));
        var missing = Assert.Throws<DataException>(() => ScriptModel.Open(Options("/no/such.pt")));

        Assert.Contains("neither a zip archive nor text", unreadable.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", missing.Message, StringComparison.Ordinal);
    }

    private static string Root => typeof(ScriptModelTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private static ScriptModelOptions Options(string path) => new()
    {
        Path = path,
        InputVariables = ["u10m", "v10m"],
        OutputVariables = ["u10m", "v10m"],
        InputGrid = Grid,
        Step = TimeSpan.FromMinutes(30),
    };

    private static Tensor Winds(int members)
    {
        using var generator = MemberGenerator.FromSeed(7, 0);
        return randn([members, 2, 3, 4], generator: generator);
    }

    private static Tensor Roll(ScriptModelOptions options, Tensor start, int steps)
    {
        using var model = ScriptModel.Open(options);
        var state = start.clone();
        for (var i = 0; i < steps; i++)
        {
            var next = model.Step(state);
            state.Dispose();
            state = next;
        }
        return state;
    }

    private ScriptModel Model(string text) => ScriptModel.Open(Options(Write("model.ts", text)));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
