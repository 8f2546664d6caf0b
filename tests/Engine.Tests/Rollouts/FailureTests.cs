namespace Cairn.Engine.Tests.Rollouts;

/// <summary>A model that fails takes its own batch with it, and nothing of the boundary that it failed at is kept.</summary>
public sealed class FailureTests : IDisposable
{
    // Steps are counted over both batches, which take turns: the first has steps 1 to 14, the second 15 to 28.
    private const int StepsOfABatch = 14;

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData(1, 6)]
    [InlineData(6, 18)]
    [InlineData(14, 42)]
    public void A_step_that_throws_names_members_and_lead_time_and_the_rest_goes_on(int step, int hours)
    {
        var (calm, failing) = (_trial.Spec("calm"), _trial.Spec("failing"));
        _trial.Complete(calm);
        var model = new StandInModel { Fault = (n, next) => n == step ? throw new StepException("the wind blew too hard") : next };
        var result = _trial.Run(failing, model: model);

        var error = Failure(result, new(0, 1));
        Assert.Equal(TimeSpan.FromHours(hours), error.LeadTime);
        Assert.Equal($"members 0-1: the stand-in model failed in a step (lead time {hours} h): the wind blew too hard", error.Message);
        Assert.Null(error.Member);
        AssertNothingFrom(failing, TimeSpan.FromHours(hours));
        _trial.Complete(failing);
        Trial.AssertSameEnd(calm, failing);
    }

    [Fact]
    public void With_one_member_in_the_batch_the_failing_member_is_known()
    {
        var spec = _trial.Spec("run");
        spec = spec with { Ensemble = spec.Ensemble with { BatchSize = 1 } };
        var model = new StandInModel { Fault = (n, next) => n == StepsOfABatch + 3 ? throw new TorchException("out of range") : next };

        Assert.Equal(1, Failure(_trial.Run(spec, model: model), new(1, 1)).Member);
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 1)]
    public void A_poisoned_state_becomes_neither_output_nor_session(float value, int row)
    {
        var (calm, failing) = (_trial.Spec("calm"), _trial.Spec("failing"));
        _trial.Complete(calm);
        var result = _trial.Run(failing, model: Poisoning(step: StepsOfABatch + 7, row, value));

        var error = Failure(result, new(2, 3));
        Assert.Equal(2 + row, error.Member);
        Assert.Equal(TimeSpan.FromHours(24), error.LeadTime);
        AssertNothingFrom(failing, TimeSpan.FromHours(24), first: 2);
        _trial.Complete(failing);
        Trial.AssertSameEnd(calm, failing);
    }

    [Theory]
    [InlineData(1, 1, 7)]
    [InlineData(4, 1, 7)]
    [InlineData(4, 4, 7)]
    [InlineData(null, 4, 7)]
    [InlineData(null, 4, 11)]
    public void A_value_outside_its_bounds_never_becomes_a_session_however_seldom_one_is_due(int? flush, int every, int step)
    {
        var bounds = new Dictionary<string, FieldBounds> { ["u"] = new(-50, 50) };
        var spec = _trial.Spec("run");
        spec = spec with { Checkpoint = spec.Checkpoint with { FlushInterval = flush }, Output = spec.Output with { Every = every } };
        var result = _trial.Run(spec, model: new StandInModel(bounds: bounds)
        {
            Fault = (n, next) => n >= step ? StandInModel.Poison(next, 0, 99) : next,
        });

        Assert.Equal(2, result.Failures.Count);
        foreach (var batch in new MemberRange[] { new(0, 1), new(2, 3) })
            Assert.All(RowsOf(spec, batch), row => Assert.True(row.LeadTime < TimeSpan.FromHours(batch.First == 0 ? (step + 1) * 3 : 6)));
    }

    [Fact]
    public void A_failing_batch_keeps_the_session_that_was_being_written()
    {
        // The commit of the boundary before the failing step is held up until the step has failed.
        using var failed = new ManualResetEventSlim();
        _trial.Files.Before = (call, path) =>
        {
            if (call == "open" && path.Contains(".tmp_commit_00000003", StringComparison.Ordinal) && !failed.IsSet)
                Assert.True(failed.Wait(TimeSpan.FromSeconds(30)));
        };
        var spec = _trial.Spec("run");
        var model = new StandInModel
        {
            Fault = (n, next) =>
            {
                if (n != 6)
                    return next;
                failed.Set();
                throw new StepException("too soon");
            },
        };
        Failure(_trial.Run(spec, model: model), new(0, 1));

        Assert.Equal(TimeSpan.FromHours(12), RowsOf(spec, new(0, 1))[^1].LeadTime);
    }

    [Fact]
    public void A_TorchScript_model_that_raises_at_a_count_in_its_state_fails_there_and_goes_on_once_it_is_mended()
    {
        var (calm, failing) = (_trial.Spec("calm"), _trial.Spec("failing"));
        using (var host = Scripted(calm, mended: true))
        {
            Assert.Equal(RunOutcome.Completed, host.Run(default).Outcome);
        }
        using (var host = Scripted(failing, mended: false))
        {
            var error = Failure(host.Run(default), new(0, 1), failures: 2);
            Assert.Equal(TimeSpan.FromHours(18), error.LeadTime);
            Assert.Contains("stops at five", error.Message, StringComparison.Ordinal);
        }
        AssertNothingFrom(failing, TimeSpan.FromHours(18));
        using (var host = Scripted(failing, mended: true))
        {
            Assert.Equal(RunOutcome.Completed, host.Run(default).Outcome);
        }
        Trial.AssertSameEnd(calm, failing);
    }

    [Fact]
    public void An_initial_condition_with_a_NaN_begins_nothing()
    {
        var spec = _trial.Spec("run");
        var poisoned = Trial.Initial with { Fields = [.. Trial.Initial.Fields.Select((v, i) => i == 20 ? double.NaN : v)] };
        using var host = PreparedRun.Create(spec, new RunOptions { Files = _trial.Files }, new RunObservers(), new StandInModel(),
            poisoned, []);
        var error = Failure(host.Run(default), new(0, 1), failures: 2);

        Assert.Equal(TimeSpan.Zero, error.LeadTime);
        AssertNothingFrom(spec, TimeSpan.Zero);
    }

    private static StandInModel Poisoning(int step, int row, float value) =>
        new() { Fault = (n, next) => n == step ? StandInModel.Poison(next, row, value) : next };

    private static StepException Failure(RunResult result, MemberRange batch, int failures = 1)
    {
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Equal(failures, result.Failures.Count);
        return Assert.IsType<StepException>(result.Failures.Single(f => f.Batch == batch).Error);
    }

    private static IReadOnlyList<Storage.Catalog.CheckpointRow> RowsOf(RunSpec spec, MemberRange batch)
    {
        var folder = Path.Combine(spec.Checkpoint.Path, batch.FolderName);
        return Directory.Exists(Path.Combine(folder, "commits")) ? Storage.Catalog.Checkpoint.ReadRows(folder) : [];
    }

    /// <summary>
    /// Neither session nor chunk of the batch beginning at <paramref name="first"/> lies at or after a lead time; the one before is there.
    /// </summary>
    private static void AssertNothingFrom(RunSpec spec, TimeSpan leadTime, int first = 0)
    {
        var boundary = (int)(leadTime / spec.LeadTimes.Every);
        Assert.Equal(boundary, RowsOf(spec, new(first, first + 1)).Count);
        foreach (var variable in Trial.Variables)
        {
            var chunks = Directory.GetFiles(Path.Combine(spec.Output.Path!, variable), $"{first}.0.*")
                .Select(f => int.Parse(Path.GetFileName(f).Split('.')[2]));
            Assert.Equal(Enumerable.Range(0, boundary), chunks.Order());
        }
    }

    private PreparedRun Scripted(RunSpec spec, bool mended)
    {
        var path = Path.Combine(_trial.Folder, "model.ts");
        File.WriteAllText(path, $$"""
            def init(fields: Tensor) -> Tensor:
                return torch.cat([fields, torch.zeros_like(fields[:, 0:1])], 1)

            def step(x: Tensor) -> Tensor:
                count = x[:, 2:3] + 1
                assert not bool((count[0, 0, 0, 0] == {{(mended ? -1 : 5)}}).item()), "stops at five"
                return torch.cat([x[:, 0:2] * 1.01 + 0.5, count], 1)

            def fields(x: Tensor) -> Tensor:
                return x[:, 0:2]

            """);
        var model = ScriptModel.Open(new ScriptModelOptions
        {
            Path = path, InputVariables = Trial.Variables, OutputVariables = Trial.Variables, InputGrid = Trial.Grid,
            Step = TimeSpan.FromHours(3),
            Device = CPU,
        });
        // The mended text is another model to the resume check; here it stands for a fault that passed.
        var accepted = new AsOneText(model);
        return PreparedRun.Create(spec, new RunOptions { Files = _trial.Files }, new RunObservers(), accepted, Trial.Initial, []);
    }

    private sealed class AsOneText(ScriptModel inner) : IPrognosticModel
    {
        public ModelDescription Description { get; } = inner.Description with { NumericsInputs = [] };
        public Tensor Initialize(Tensor fields) => inner.Initialize(fields);
        public Tensor Step(Tensor state) => inner.Step(state);
        public Tensor Fields(Tensor state) => inner.Fields(state);
        public void Dispose() => inner.Dispose();
    }
}
