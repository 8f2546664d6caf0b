namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Runs of several initial times, with a model that draws in every step and whose first state depends on the time: each time holds
/// what a run of it alone holds.</summary>
public sealed class InitialTimesTests : IDisposable
{
    private const string Model = """
        def init(fields: Tensor, time: Tensor) -> Tensor:
            return fields + torch.sin(time * 1e-6).to(fields.dtype) + 0.1 * torch.randn_like(fields)

        def step(x: Tensor) -> Tensor:
            return 0.99 * x + 0.5 * torch.randn_like(x)
        """;

    private static readonly string Root = typeof(InitialTimesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private static readonly string[] Days = ["1990-01-16", "1990-02-16", "1990-03-18"];

    private readonly Trial _trial = new();

    public InitialTimesTests() => File.WriteAllText(Path.Combine(_trial.Folder, "noisy.ts"), Model);

    public static IEnumerable<object[]> Stops => from boundary in new[] { 0, 1, 3 } from member in new[] { 0, 3, 4 }
                                                 select new object[] { boundary, member };

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData("output.zarr-format=2")]
    [InlineData("output.zarr-format=3")]
    [InlineData("output.zarr-format=3", "output.lead-times-per-chunk=2", "output.lead-times-per-shard=4", "checkpoint.flush-interval=4")]
    [InlineData("ensemble.perturbation={ kind = lagged-ensemble, lags = [0h, 43830m, -43830m] }")]
    [InlineData("ensemble.batch-size=1")]
    [InlineData("ensemble.batch-size=3")]
    public void Each_initial_time_holds_the_bytes_of_a_run_of_that_time_alone(params string[] settings)
    {
        var all = Complete("all", Days, settings);
        foreach (var (time, day) in Days.Index())
        {
            var alone = Complete($"alone-{time}", [day], settings);

            AssertSameFields(alone, all, time);
            Assert.Equal(States(alone, 0, 3), States(all, time * 3, 3));
        }
    }

    [Theory]
    [MemberData(nameof(Stops))]
    public void A_run_that_stops_in_any_of_its_times_and_goes_on_ends_with_the_same_bytes(int boundary, int member)
    {
        var calm = Complete("calm", Days);
        var disturbed = Spec("disturbed", Days);
        using (var stop = new CancellationTokenSource())
        {
            var watch = new Recorder(e =>
            {
                if (e is BoundaryReached reached && reached.Boundary == boundary && e.Batch!.Value.Members.Contains(member))
                    stop.Cancel();
            });
            Assert.Equal(RunOutcome.Stopped, Run(disturbed, watch, stop.Token).Outcome);
        }
        Complete("disturbed", Days);

        Trial.AssertSameEnd(calm, disturbed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_run_that_is_cut_anew_on_the_way_ends_with_the_same_bytes(int batchSize)
    {
        var calm = Complete("calm", Days);
        using (var stop = new CancellationTokenSource())
        {
            var watch = new Recorder(e =>
            {
                if (e is BoundaryReached { Boundary: 3 } && e.Batch!.Value.First >= 3)
                    stop.Cancel();
            });
            Assert.Equal(RunOutcome.Stopped, Run(Spec("cut", Days), watch, stop.Token).Outcome);
        }
        var cut = Complete("cut", Days, $"ensemble.batch-size={batchSize}");

        Trial.AssertSame(Trial.Digests(calm.Output.Path!), Trial.Digests(cut.Output.Path!));
        Assert.Equal(States(calm, 0, 9), States(cut, 0, 9));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Times_that_are_added_later_give_the_bytes_of_all_at_once_and_the_others_are_not_stepped_again(int begunWith)
    {
        var whole = Complete("whole", Days);
        Complete("grown", Days[..begunWith]);
        var recorder = new Recorder();
        var grown = Spec("grown", Days);
        Assert.Equal(RunOutcome.Completed, Run(grown, recorder, CancellationToken.None).Outcome);

        Assert.All(recorder.Of<BatchStarted>(), e => Assert.True(e.Batch!.Value.First >= begunWith * 3, $"{e.Batch} was stepped again"));
        Assert.Equal(Files(whole), Files(grown));
        Assert.Equal(Committed(whole), Committed(grown));
        Assert.Equal(States(whole, 0, 9), States(grown, 0, 9));
    }

    [Fact]
    public void Times_that_are_taken_away_or_put_between_are_refused()
    {
        Complete("run", [Days[0], Days[2]]);

        foreach (var times in new[] { [Days[0]], Days, [Days[1], Days[2]] })
        {
            var error = Assert.Throws<SpecException>(() => Run(Spec("run", times), new Recorder(), CancellationToken.None));
            Assert.Contains("initial.time", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_ensemble_of_several_times_does_not_grow()
    {
        Complete("run", Days[..2]);

        var error = Assert.Throws<SpecException>(
            () => Run(Spec("run", Days[..2], "ensemble.size=4"), new Recorder(), CancellationToken.None));

        Assert.Contains(
            "ensemble.size: was 3, now 4 (with several initial times it cannot change)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_that_the_source_lacks_is_named_before_anything_is_written()
    {
        var spec = Spec("run", [Days[0], "1990-02-17"]);

        var error = Assert.Throws<DataException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers()));

        Assert.Contains("has no time 1990-02-17. Nearest: ", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(spec.Checkpoint.Path));
    }

    [Fact]
    public void Two_names_of_one_time_are_refused()
    {
        var spec = Spec("run", [Days[0], $"{Days[0]}T20:00:00"]);

        var error = Assert.Throws<SpecException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers()));

        Assert.Contains("expected each initial time to be later than the one before", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_are_called_by_the_members_and_the_time()
    {
        var recorder = new Recorder();
        Run(Spec("run", Days[..2]), recorder, CancellationToken.None);

        Assert.Equal(
            ["members 0-1 of 1990-01-16", "member 2 of 1990-01-16", "members 0-1 of 1990-02-16", "member 2 of 1990-02-16"],
            recorder.Of<BatchStarted>().Select(e => $"{e.Batch}"));
        Assert.Equal(
            recorder.Of<RunStarted>().Single().Batches.Select(b => $"{b}"),
            RunRecord.Read(Path.Combine(_trial.Folder, "run", "checkpoints", RunRecord.FileName)).Batches.Select(b => $"{b}"));
    }

    [Fact]
    public void Files_are_derived_for_each_time_with_the_values_of_a_run_of_it_alone()
    {
        string[] derived =
        [
            "output.netcdf=\"nc/f-{time}.nc\"", "output.statistics.path=\"nc/s-{time}.nc\"", "output.keep-members=false",
        ];
        var recorder = new Recorder();
        Assert.Equal(RunOutcome.Completed, Run(Spec("all", Days[..2], derived), recorder, CancellationToken.None).Outcome);
        Assert.False(Directory.Exists(Path.Combine(_trial.Folder, "all", "fields.zarr")));
        Complete("alone", [Days[1]], "output.netcdf=nc/alone.nc", "output.statistics.path=nc/alone-s.nc");

        Assert.Equal(
            ["f-1990-01-16T2000.nc", "s-1990-01-16T2000.nc", "f-1990-02-16T0630.nc", "s-1990-02-16T0630.nc"],
            recorder.Of<OutputDerived>().Select(e => Path.GetFileName(e.Path)));
        Assert.Equal(RunOutcome.Completed, Run(Spec("all", Days[..2], derived), new Recorder(), CancellationToken.None).Outcome);
        AssertSameValues("alone.nc", "f-1990-02-16T0630.nc", "u", "v", "time", "forecast_reference_time");
        AssertSameValues("alone-s.nc", "s-1990-02-16T0630.nc", "u_mean", "u_std", "time", "forecast_reference_time");
    }

    [Fact]
    public void Files_are_derived_of_the_times_that_have_come_to_a_session()
    {
        var spec = Spec("run", Days[..2], "ensemble.size=1", "ensemble.batch-size=1");
        using (var stop = new CancellationTokenSource())
        {
            var watch = new Recorder(e =>
            {
                if (e is BoundaryReached { Boundary: 5 })
                    stop.Cancel();
            });
            Assert.Equal(RunOutcome.Stopped, Run(spec, watch, stop.Token).Outcome);
        }
        var warned = new List<string>();
        IEnumerable<string> Derive(string name) => RunDerivation
            .Derive(spec.Checkpoint.Path, Path.Combine(_trial.Folder, name), null, null, new PosixFiles(), warned.Add)
            .Select(path => Path.GetFileName(path)!);

        Assert.Equal(["f-1990-01-16T2000.nc"], Derive("f-{time}.nc"));
        Assert.StartsWith(
            "nothing is derived for 1 initial time, the first 1990-02-16T06:30:00", Assert.Single(warned), StringComparison.Ordinal);
        var error = Assert.Throws<SpecException>(() => Derive("fields.nc").ToList());
        Assert.Contains("expected {time} in its name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_are_means_over_the_times_each_held_against_the_truth_of_its_own_valid_times()
    {
        // A month a step, so that the file has fields at every lead time but the last of its last month.
        string[] times = ["1990-01-16", "1990-03-18", "1992-12-17"];
        string[] months = ["model.step=43830m", "lead-times.every=43830m", "lead-times.count=2", "model.stochastic=true"];
        List<VerifiedForecast> alone = [.. times.Select((day, i) => Verify(Complete($"alone-{i}", [day], months)))];

        var mean = Verify(Complete("all", times, months));

        Assert.Equal([3, 2, 2], mean.Cases!);
        Assert.Equal((0, 3, 3), (mean.TimesWithoutTruth.Count, mean.Layout.Numbers.Times, mean.Layout.LeadTimes.Count));
        for (var lead = 0; lead < 3; lead++)
        {
            List<FieldScores> of =
                [.. alone.Select(v => v.Scores["u"]).Where(scores => scores.Count > lead).Select(scores => scores[lead])];
            Assert.Equal(lead == 0 ? 3 : 2, of.Count);
            Assert.Equal(of.Average(s => s.Bias), mean.Scores["u"][lead].Bias, 12);
            Assert.Equal(of.Average(s => s.Crps), mean.Scores["u"][lead].Crps, 12);
            Assert.Equal(Math.Sqrt(of.Average(s => s.Rmse * s.Rmse)), mean.Scores["u"][lead].Rmse, 12);
            Assert.Equal(Math.Sqrt(of.Average(s => s.Spread!.Value * s.Spread.Value)), mean.Scores["u"][lead].Spread!.Value, 12);
        }
        AssertScoresFile(mean);
    }

    [Fact]
    public void Times_without_truth_are_told_and_none_with_truth_is_refused()
    {
        string[] analytic =
        [
            "initial.source=analytic", "initial.case=solid-body", "initial.variables=null",
            "initial.grid={ latitude = [-80, 80, 5], longitude = [0, 315, 8] }",
        ];
        var some = Verify(Complete("some", ["1990-01-16T20:00", "1990-01-20"], analytic));
        Assert.Equal(["1990-01-20T00:00:00"], some.TimesWithoutTruth.Select(t => $"{t}"));
        Assert.Equal([1], some.Cases!);

        var none = Complete("none", ["1990-01-18", "1990-01-20"], analytic);
        Assert.Contains("from 1990-01-18T00:00:00 to 1990-01-20T05:00:00",
            Assert.Throws<SpecException>(() => Verify(none)).Message, StringComparison.Ordinal);
    }

    private static VerifiedForecast Verify(RunSpec spec) => ForecastVerification.Of(Store(spec), Request);

    private static VerificationRequest Request { get; } = new(
        $"{Root}/data/navy-winds-1982-1992.nc", [new InitialVariable("u", "u10m")]);

    private void AssertScoresFile(VerifiedForecast mean)
    {
        var path = Path.Combine(_trial.Folder, "scores.nc");
        VerificationFile.Write(new PosixFiles(), path, mean, Request);
        using var file = NetCdfFile.Open(path);
        Assert.Equal([0, 730.5, 1461], file.ReadDoubles(file.Variable("forecast_period")).Select(v => v / 60));
        Assert.Equal(3, file.ReadDoubles(file.Variable("forecast_reference_time")).Length);
        Assert.Equal([3, 2, 2], file.ReadDoubles(file.Variable("cases")));
        Assert.Equal(mean.Scores["u"].Select(s => s.Rmse), file.ReadDoubles(file.Variable("u_rmse")));
        Assert.Equal(["forecast_period"], file.Variable("u_rmse").Dimensions.Select(d => d.Name));
    }

    private void AssertSameValues(string expected, string found, params string[] variables)
    {
        using var first = NetCdfFile.Open(Path.Combine(_trial.Folder, "nc", expected));
        using var second = NetCdfFile.Open(Path.Combine(_trial.Folder, "nc", found));
        Assert.All(variables, name => Assert.Equal(
            first.ReadDoubles(first.Variable(name)), second.ReadDoubles(second.Variable(name))));
    }

    private static void AssertSameFields(RunSpec alone, RunSpec all, int time)
    {
        var (expected, store) = (Store(alone), Store(all));
        var found = store.At(time);
        Assert.Equal(expected.Layout.Time, found.Layout.Time);
        for (var member = 0; member < 3; member++)
        {
            Assert.Equal(expected.Committed(member), found.Committed(member));
            for (var output = 0; output < expected.Layout.LeadTimes.Count; output++)
                Assert.Equal(expected.Read(member, output, 1, "u", mayLack: false), found.Read(member, output, 1, "u", mayLack: false));
        }
        var chunks = Trial.Digests(Path.Combine(alone.Output.Path!, "v")).Where(f => !f.Key.Contains('z')).ToList();
        Assert.NotEmpty(chunks);
        var others = Trial.Digests(Path.Combine(all.Output.Path!, "v"));
        Assert.All(chunks, chunk =>
        {
            var parts = chunk.Key.Split('.');
            parts[^4] = $"{time}";
            Assert.Equal(chunk.Value, others[string.Join('.', parts)]);
        });
    }

    /// <summary>All files of a store but those with its attributes, in which a run that grew tells its history.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Files(RunSpec spec) =>
        Trial.Digests(spec.Output.Path!).Where(f => f.Key is not (".zattrs" or ".zmetadata"));

    private static string Committed(RunSpec spec) =>
        $"{FieldStoreKinds.Contents(new PosixFiles(), spec.Output.Path!).Attributes(null)["committed_lead_time"]}";

    /// <summary>Digests of the states in the newest sessions, member by member.</summary>
    private static List<string> States(RunSpec spec, int first, int count) =>
    [
        .. Trial.Newest(spec).Values.SelectMany(row => Trial.Digests(row.Directory))
            .Where(f => f.Key.Contains("RolloutState", StringComparison.Ordinal) && f.Key.EndsWith(".npy", StringComparison.Ordinal))
            .OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value).Skip(first).Take(count),
    ];

    private static IFieldStore Store(RunSpec spec) => FieldStoreKinds.Open(new PosixFiles(), spec.Output.Path!);

    private RunSpec Complete(string name, string[] times, params string[] settings)
    {
        var spec = Spec(name, times, settings);
        var result = Run(spec, new Recorder(), CancellationToken.None);
        Assert.True(result.Outcome == RunOutcome.Completed, string.Join('\n', result.Failures.Select(f => f.Error.ToString())));
        return spec;
    }

    private RunResult Run(RunSpec spec, Recorder recorder, CancellationToken stop)
    {
        using var host = PreparedRun.Create(spec, new RunOptions { Files = _trial.Files }, recorder);
        return host.Run(stop);
    }

    private RunSpec Spec(string name, string[] times, params string[] settings)
    {
        var path = Path.Combine(_trial.Folder, name + ".conf");
        var time = times is [var only] ? $"\"{only}\"" : $"[{string.Join(", ", times.Select(t => $"\"{t}\""))}]";
        File.WriteAllText(path, $$"""
            name = trial
            model { kind = torchscript, path = noisy.ts, step = 1h, stochastic = true }
            initial {
              source = netcdf, path = "{{Root}}/data/navy-winds-1982-1992.nc", time = {{time}}, variables { u = u10m, v = v10m }
              regrid { latitude = [-80, 80, 5], longitude = [0, 315, 8] }
            }
            lead-times { every = 1h, count = 5 }
            ensemble { size = 3, batch-size = 2, seed = 7, perturbation { kind = gaussian, amplitude = 0.5 } }
            checkpoint { path = {{name}}/checkpoints, flush-interval = 1 }
            output { path = {{name}}/fields.zarr, picture = off }
            node.slots = 1
            """);
        return RunSpecReader.Read(path, settings, _trial.Folder);
    }
}
