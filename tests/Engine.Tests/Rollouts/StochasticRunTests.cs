namespace Cairn.Engine.Tests.Rollouts;

/// <summary>A model that draws random numbers in every step, and in the making of its first state.</summary>
public sealed class StochasticRunTests : IDisposable
{
    private const string Noisy = """
        def init(fields: Tensor) -> Tensor:
            return fields + 0.1 * torch.randn_like(fields)

        def step(x: Tensor) -> Tensor:
            return 0.99 * x + 0.5 * torch.randn_like(x)
        """;

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public void Stopped_anywhere_a_run_ends_with_the_same_bytes_though_no_generator_is_stored(int boundary)
    {
        var (calm, disturbed) = (_trial.Spec("calm"), _trial.Spec("disturbed"));
        Complete(calm);
        using (var stop = new CancellationTokenSource())
        {
            var watch = new Recorder(e =>
            {
                if (e is BoundaryReached reached && reached.Boundary == boundary)
                    stop.Cancel();
            });
            using var host = Host(disturbed, watch);
            Assert.Equal(RunOutcome.Stopped, host.Run(stop.Token).Outcome);
        }
        Complete(disturbed);

        Trial.AssertSameEnd(calm, disturbed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Members_do_not_depend_on_how_the_ensemble_is_cut(int batchSize)
    {
        var pairs = _trial.Spec("pairs");
        var cut = _trial.Spec("cut");
        cut = cut with { Ensemble = cut.Ensemble with { BatchSize = batchSize } };
        Complete(pairs);
        Complete(cut);

        Trial.AssertSameEnd(pairs, cut);
    }

    [Fact]
    public void Members_differ_by_their_draws_alone_and_the_seed_decides_them()
    {
        var calm = _trial.Spec("calm");
        var same = calm.Ensemble.Perturbation with { Kind = "zero" };
        calm = calm with { Ensemble = calm.Ensemble with { Perturbation = same } };
        var other = calm with
        {
            Ensemble = calm.Ensemble with { Seed = 43 },
            Checkpoint = calm.Checkpoint with { Path = Path.Combine(_trial.Folder, "other", "checkpoints") },
            Output = calm.Output with { Path = Path.Combine(_trial.Folder, "other", "fields.zarr") },
        };
        Complete(calm);
        Complete(other);
        var chunks = Directory.GetFiles(Path.Combine(calm.Output.Path!, "u"), "*.7.*").Order().ToList();

        Assert.Equal(4, chunks.Count);
        Assert.Equal(4, chunks.Select(c => Convert.ToHexString(File.ReadAllBytes(c))).Distinct().Count());
        Assert.All(chunks, c => Assert.NotEqual(
            File.ReadAllBytes(c), File.ReadAllBytes(c.Replace(calm.Output.Path!, other.Output.Path!, StringComparison.Ordinal))));
    }

    [Fact]
    public void Draws_are_standard_normal_over_steps_and_members()
    {
        var steps = new SeededSteps(7, [.. Enumerable.Range(0, 20)], _ => 0);
        using var none = zeros([20, 50]);
        var values = Enumerable.Range(1, 100).SelectMany(step =>
        {
            using var drawn = steps.Apply(none, step, x => randn_like(x));
            return drawn.ToArray<float>();
        }).ToList();

        // 100,000 draws: the standard error of the mean is 0.003, that of the variance 0.0045.
        Assert.InRange(values.Average(v => (double)v), -0.016, 0.016);
        Assert.InRange(values.Average(v => (double)v * v), 0.975, 1.025);
    }

    [Fact]
    public void A_member_that_begins_anew_draws_anew()
    {
        using var none = zeros([1, 5]);
        using var first = new SeededSteps(7, [3], _ => 0).Apply(none, 1, x => randn_like(x));
        using var again = new SeededSteps(7, [3], _ => 1).Apply(none, 1, x => randn_like(x));

        Assert.False(first.HasBitsOf(again));
    }

    [Fact]
    public void A_bred_vector_of_a_stochastic_model_is_refused()
    {
        using var model = Open();

        var refusal = Assert.Throws<SpecException>(
            () => new BredVectorPerturbation(model, new NoisePerturbation(1, [1, 1], new WhiteNoise(Trial.Grid)), 1));

        Assert.Contains("model.stochastic = true", refusal.Message, StringComparison.Ordinal);
    }

    private void Complete(RunSpec spec)
    {
        using var host = Host(spec, new RunObservers());
        var result = host.Run(CancellationToken.None);
        Assert.True(result.Outcome == RunOutcome.Completed, string.Join('\n', result.Failures.Select(f => f.Error.ToString())));
    }

    private PreparedRun Host(RunSpec spec, IRunObserver observer) =>
        PreparedRun.Create(spec, new RunOptions { Files = _trial.Files }, observer, Open(), Trial.Initial, []);

    private ScriptModel Open()
    {
        var path = Path.Combine(_trial.Folder, "noisy.ts");
        File.WriteAllText(path, Noisy);
        return ScriptModel.Open(new ScriptModelOptions
        {
            Path = path,
            InputVariables = Trial.Variables,
            OutputVariables = Trial.Variables,
            InputGrid = Trial.Grid,
            Step = TimeSpan.FromHours(3),
            Stochastic = true,
        });
    }
}
