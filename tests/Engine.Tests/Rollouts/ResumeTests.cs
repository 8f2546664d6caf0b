
namespace Cairn.Engine.Tests.Rollouts;

/// <summary>A run that stops at a boundary and goes on ends with the bytes of one that never stopped.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    private static readonly string[] Variations =
    [
        "plain", "flush 2, chunks of 2", "every 2, chunks of 2", "flush none, chunks of 3", "flush none, every 3",
        "flush auto, chunks of 2", "overwrite", "history 2", "no durability", "unperturbed", "one batch", "no output",
        "box", "one variable", "shards of 2", "shards of 2 chunks of 2, flush none", "shards of 4, flush auto",
    ];

    public static IEnumerable<object[]> Stops =>
        from variation in Variations from first in new[] { 0, 1 } select new object[] { variation, first };

    [Theory]
    [MemberData(nameof(Stops))]
    public void Stopping_again_and_again_gives_the_same_bytes(string variation, int first)
    {
        var (calm, disturbed) = (Vary(_trial.Spec("calm"), variation), Vary(_trial.Spec("disturbed"), variation));
        _trial.Complete(calm);
        foreach (var member in disturbed.Ensemble.BatchSize == 4 ? new[] { 0 } : [0, 3])
        {
            for (var boundary = first; boundary < 7; boundary += 2)
            {
                var stopped = _trial.StopAt(disturbed, boundary, member);
                // From one stop to the next no step is done twice: of the other batch none, of this one those between.
                Assert.Equal((RunOutcome.Stopped, boundary == first ? 2L * first + (member == 3 ? 2 * (7 - LastStop(first)) : 0) : 4L),
                    (stopped.Outcome, stopped.Steps));
            }
        }
        var after = _trial.Complete(disturbed);
        Assert.Empty(after.Warnings);
        Assert.All(after.Of<BatchStarted>(), e => Assert.Equal(LastStop(first), e.Boundary));
        Trial.AssertSameEnd(calm, disturbed);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public void Stopping_once_gives_the_same_bytes(int boundary)
    {
        var (calm, disturbed) = (_trial.Spec("calm"), _trial.Spec("disturbed"));
        _trial.Complete(calm);
        Assert.Equal(RunOutcome.Stopped, _trial.StopAt(disturbed, boundary).Outcome);
        _trial.Complete(disturbed);

        Trial.AssertSameEnd(calm, disturbed);
    }

    private static int LastStop(int first) => first == 0 ? 6 : 5;

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    [InlineData(1, 6)]
    public void Below_level_2_a_batch_restarts_at_lead_time_zero_with_a_warning_and_the_same_bytes(int level, int boundary)
    {
        var (calm, disturbed) = (_trial.Spec("calm"), _trial.Spec("disturbed"));
        (calm, disturbed) = (WithLevel(calm, level), WithLevel(disturbed, level));
        _trial.Complete(calm);
        _trial.StopAt(disturbed, boundary);
        var after = _trial.Complete(disturbed);

        Assert.All(after.Of<BatchStarted>(), e => Assert.Equal(-1, e.Boundary));
        Assert.Equal($"checkpoint.level = {level} keeps no model state: restarting from lead time zero", Assert.Single(after.Warnings));
        Trial.AssertSameEnd(calm, disturbed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Below_level_2_no_model_state_is_kept(int level)
    {
        var spec = WithLevel(_trial.Spec("run"), level);
        _trial.Complete(spec);

        var expected = level == 0 ? Array.Empty<string>() : ["cairn.GaussianState"];
        Assert.All(Trial.Newest(spec).Values, row => Assert.Equal(expected, row.StateIds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_run_that_is_complete_is_not_run_again(int level)
    {
        // Below level 2 every batch was once stepped anew from lead time zero.
        var spec = WithLevel(_trial.Spec("run"), level);
        _trial.Complete(spec);
        var before = Trial.Digests(Path.Combine(_trial.Folder, "run"));
        var again = _trial.Run(spec);

        Assert.Equal((RunOutcome.Completed, 0L), (again.Outcome, again.Steps));
        var after = Trial.Digests(Path.Combine(_trial.Folder, "run"));
        Assert.Equal(["checkpoints/events.jsonl"], after.Keys.Where(path => before.GetValueOrDefault(path) != after[path]));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 0)]
    [InlineData(1, 2)]
    [InlineData(0, 2)]
    public void Changing_the_level_between_starts_changes_no_byte(int first, int second)
    {
        // Level 2 keeps the generator after the draw; restarting under level 1 drew again from there, and so drew other members. The other
        // way
        // round, a batch failed for good because its session held no state.
        var (calm, disturbed) = (_trial.Spec("calm"), _trial.Spec("disturbed"));
        calm = WithLevel(calm, second);
        _trial.Complete(calm);
        _trial.StopAt(WithLevel(disturbed, first), 4, member: 3);
        var after = _trial.Complete(WithLevel(disturbed, second));

        Assert.Contains("restarting from lead time zero", Assert.Single(after.Warnings), StringComparison.Ordinal);
        Trial.AssertSame(Trial.Digests(calm.Output.Path!), Trial.Digests(disturbed.Output.Path!));
    }

    [Fact]
    public void A_stop_before_the_first_batch_starts_does_no_step()
    {
        var spec = _trial.Spec("run");
        var result = _trial.Run(spec, stop: new CancellationToken(canceled: true));

        Assert.Equal((RunOutcome.Stopped, 0L), (result.Outcome, result.Steps));
        _trial.Complete(spec);
    }

    [Fact]
    public void The_fields_are_those_that_the_model_gives()
    {
        var spec = _trial.Spec("run");
        spec = spec with { Ensemble = spec.Ensemble with { Perturbation = new("zero", 0, null) } };
        _trial.Complete(spec);
        var store = FieldStoreOf(spec);
        var x = Trial.Initial.Fields.Take(12).Select(v => (float)v).ToArray();

        for (var output = 0; output <= 7; output++)
        {
            Assert.Equal(x, store.ReadChunk(3, output, "u")!.Select(v => (float)v).ToArray());
            x = [.. x.Select(v => Step(Step(v)))];
        }

        static float Step(float v) => (v * 1.01f) + 0.5f;
    }

    [Theory]
    [InlineData(OutputCompression.Zlib)]
    [InlineData(OutputCompression.Zstd)]
    [InlineData(OutputCompression.None)]
    public void Both_versions_of_Zarr_hold_the_same_values_and_shards_are_fewer_files(OutputCompression compression)
    {
        var two = Cadence(_trial.Spec("two"), 4, 1, 1);
        two = two with { Output = two.Output with { Store = new ZarrSpec { Compression = compression }, KeepBits = [new("v", 9)] } };
        var three = two with
        {
            Checkpoint = two.Checkpoint with { Path = Path.Combine(_trial.Folder, "three", "checkpoints") },
            Output = two.Output with
            {
                Path = Path.Combine(_trial.Folder, "three", "fields.zarr"),
                Store = new ZarrSpec { Compression = compression, Version = 3, LeadTimesPerShard = 4 },
            },
        };
        _trial.Complete(two);
        _trial.Complete(three);
        var files = new Cairn.Storage.Durable.PosixFiles();
        var (inTwo, inThree) = (Cairn.Storage.Fields.Zarr.ZarrFields.Open(files, two.Output.Path!),
            Cairn.Storage.Fields.Zarr.ZarrFields.Open(files, three.Output.Path!));
        foreach (var variable in Trial.Variables)
        {
            for (var member = 0; member < 4; member++)
            {
                Assert.Equal(inTwo.Read(variable, member, 0, 8), inThree.Read(variable, member, 0, 8));
                Assert.Equal(inTwo.Committed(member), inThree.Committed(member));
            }
            Assert.Equal(4 * 8, Directory.GetFiles(Path.Combine(two.Output.Path!, variable), "*.0.*").Length);
            Assert.Equal(4 * 2, Directory.GetFiles(Path.Combine(three.Output.Path!, variable), "c.*.0.*").Length);
        }
    }

    private static Cairn.Storage.Fields.IFieldStore FieldStoreOf(RunSpec spec)
    {
        using var model = new StandInModel();
        var schedule = BoundarySchedule.Of(spec);
        var analyses = Analyses.Read(spec, Trial.Initial);
        var layout = FieldStores.Layout(spec, schedule, OutputPlan.Of(spec.Output, model.Description), analyses);
        return FieldStores.Open(spec, new RunOptions(), layout);
    }

    private static RunSpec WithLevel(RunSpec spec, int level) => spec with { Checkpoint = spec.Checkpoint with { Level = level } };

    private static RunSpec Vary(RunSpec spec, string variation) => variation switch
    {
        "plain" => spec,
        "flush auto, chunks of 2" => spec with
        {
            Checkpoint = spec.Checkpoint with { FlushInterval = null, AutoFlush = true },
            Output = spec.Output with { Store = new ZarrSpec { LeadTimesPerChunk = 2 } },
        },
        "flush 2, chunks of 2" => Cadence(spec, 2, 1, 2),
        "every 2, chunks of 2" => Cadence(spec, 4, 2, 2),
        "flush none, chunks of 3" => Cadence(spec, null, 1, 3),
        "flush none, every 3" => Cadence(spec, null, 3, 1),
        "overwrite" => spec with { Checkpoint = spec.Checkpoint with { Mode = CheckpointMode.Overwrite } },
        "history 2" => spec with { Checkpoint = spec.Checkpoint with { HistorySize = 2 } },
        "no durability" => spec with { Checkpoint = spec.Checkpoint with { Durability = CheckpointDurability.None } },
        "unperturbed" => spec with { Ensemble = spec.Ensemble with { Perturbation = new("zero", 0, null) } },
        "one batch" => spec with { Ensemble = spec.Ensemble with { BatchSize = 4 } },
        "no output" => spec with { Output = new OutputSpec { Kind = OutputSpec.None } },
        "shards of 2" => Sharded(Cadence(spec, 2, 1, 1), 2),
        "shards of 2 chunks of 2, flush none" => Sharded(Cadence(spec, null, 1, 2), 4),
        "shards of 4, flush auto" => Sharded(spec with
        {
            Checkpoint = spec.Checkpoint with { FlushInterval = null, AutoFlush = true },
        }, 4),
        "box" => spec with { Output = spec.Output with { Box = new(new(-45, 0), new(180, 0)) } },
        "one variable" => spec with
        {
            Output = spec.Output with { Variables = ["v"], Store = new ZarrSpec { Compression = OutputCompression.None } },
        },
        _ => throw new ArgumentOutOfRangeException(nameof(variation), variation, "no such variation"),
    };

    private static RunSpec Sharded(RunSpec spec, int perShard) => spec with
    {
        Output = spec.Output with
        {
            Store = (ZarrSpec)spec.Output.Store with { Version = 3, LeadTimesPerShard = perShard, Compression = OutputCompression.Zstd },
        },
    };

    private static RunSpec Cadence(RunSpec spec, int? flush, int every, int perChunk) => spec with
    {
        Checkpoint = spec.Checkpoint with { FlushInterval = flush },
        Output = spec.Output with { Every = every, Store = new ZarrSpec { LeadTimesPerChunk = perChunk } },
    };
}
