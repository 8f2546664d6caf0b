
namespace Cairn.Engine.Tests.Rollouts;

public sealed class ResumeCheckTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    public static TheoryData<string, string, string> Refused => new()
    {
        { "model.kind", "persistence", "torchscript" },
        { "model.step", "3h", "1h" },
        { "model.dtype", "float32", "float64" },
        { "model.bounds.u", "not set", "[-100, 100]" },
        { "initial.time", "the only one", "1990-01-16" },
        { "initial.variables", "[u = u, v = v]", "[u = u10m, v = v]" },
        { "lead-times.every", "6h", "12h" },
        { "lead-times.count", "7", "6" },
        { "ensemble.size", "4", "3" },
        { "ensemble.seed", "42", "43" },
        { "ensemble.perturbation.amplitude", "0.5", "0.25" },
        { "output.variables", "all", "[u]" },
        { "output.every", "1", "2" },
        { "output.lead-times-per-chunk", "1", "7" },
        { "output.compression", "zlib", "none" },
        { "output.box.latitude", "all", "[-10, 10]" },
        { "output.keep-bits.u", "not set", "12" },
        { "output.coordinate-names", "not set", "short" },
        { "output.longitude-from", "not set", "-180" },
        { "output.latitude-order", "not set", "northward" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_difference_is_refused_with_its_key_and_the_old_and_the_new_value(string key, string old, string now)
    {
        var begun = _trial.Spec("run");
        var error = Assert.Throws<SpecException>(() => ResumeCheck.Check(Record(begun), Record(Changed(begun, key))));
        var line = Assert.Single(error.Message.Split('\n'), l => l.StartsWith($"  {key}: ", StringComparison.Ordinal));

        Assert.StartsWith($"  {key}: was {old}, now {now}", line, StringComparison.Ordinal);
        Assert.StartsWith($"{begun.Checkpoint.Path} holds run 'trial'.", error.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_differences_are_listed_at_once()
    {
        var begun = _trial.Spec("run");
        var now = Changed(Changed(Changed(begun, "ensemble.seed"), "output.every"), "lead-times.count");
        var error = Assert.Throws<SpecException>(() => ResumeCheck.Check(Record(begun), Record(now)));

        Assert.All(["ensemble.seed", "output.every", "lead-times.count"], key =>
            Assert.Contains($"  {key}: ", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_folders_own_run_is_named_and_not_the_one_that_is_refused()
    {
        var begun = _trial.Spec("run");
        var error = Assert.Throws<SpecException>(() =>
            ResumeCheck.Check(Record(begun), Record(Changed(begun, "ensemble.seed") with { Name = "another" })));

        Assert.Contains("holds run 'trial'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_lead_times_more_members_another_cut_and_cadence_and_slots_go_on()
    {
        var begun = _trial.Spec("run");
        var now = begun with
        {
            LeadTimes = begun.LeadTimes with { Count = 70 },
            Ensemble = begun.Ensemble with { Size = 50, BatchSize = 5 },
            Checkpoint = begun.Checkpoint with
            {
                FlushInterval = 3, Mode = CheckpointMode.Overwrite, HistorySize = 2, Level = 1, Durability = CheckpointDurability.None,
            },
            Node = new NodeSpec(8),
        };

        Assert.Empty(ResumeCheck.Check(Record(begun), Record(now)));
    }

    [Fact]
    public void Another_fingerprint_is_refused_unless_the_spec_accepts_it()
    {
        var begun = _trial.Spec("run");
        var accepting = begun with { Checkpoint = begun.Checkpoint with { OnFingerprintChange = FingerprintPolicy.Warn } };
        var error = Assert.Throws<SpecException>(() => ResumeCheck.Check(Record(begun, "avx2"), Record(begun, "avx512")));

        Assert.Contains("cpu: was avx2, now avx512", error.Message, StringComparison.Ordinal);
        Assert.Contains("on-fingerprint-change=warn", error.Message, StringComparison.Ordinal);
        var warning = Assert.Single(ResumeCheck.Check(Record(begun, "avx2"), Record(accepting, "avx512")));
        Assert.Contains("cpu: was avx2, now avx512", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lagged_ensemble_may_grow_by_lags_and_keeps_those_it_has()
    {
        RunSpec Lagged(params double[] hours) => _trial.Spec("lagged") with
        {
            Ensemble = new EnsembleSpec(hours.Length, hours.Length, 0, new PerturbationSpec("lagged-ensemble", 0, null)
            {
                Lags = [.. hours.Select(TimeSpan.FromHours)],
            }),
        };
        var begun = Lagged(0, -6);

        Assert.Empty(ResumeCheck.Check(Record(begun), Record(Lagged(0, -6, -12))));
        var refusal = Assert.Throws<SpecException>(() => ResumeCheck.Check(Record(begun), Record(Lagged(0, -12, -6))));
        Assert.Contains("ensemble.perturbation.lags[1]: was -6h, now -12h", refusal.Message, StringComparison.Ordinal);
    }

    private static RunSpec Changed(RunSpec spec, string key) => key switch
    {
        "model.kind" => spec with { Model = spec.Model with { Kind = "torchscript" } },
        "model.step" => spec with { Model = spec.Model with { Step = TimeSpan.FromHours(1) } },
        "model.dtype" => spec with { Model = spec.Model with { DType = "float64" } },
        "model.bounds.u" => spec with { Model = spec.Model with { Bounds = [new BoundSpec("u", -100, 100)] } },
        "initial.time" => spec with { Initial = spec.Initial with { Time = new InitialTime("1990-01-16", null) } },
        "initial.variables" => spec with { Initial = spec.Initial with { Variables = [new("u", "u10m"), new("v", "v")] } },
        "lead-times.every" => spec with { LeadTimes = spec.LeadTimes with { Every = TimeSpan.FromHours(12) } },
        "lead-times.count" => spec with { LeadTimes = spec.LeadTimes with { Count = 6 } },
        "ensemble.size" => spec with { Ensemble = spec.Ensemble with { Size = 3 } },
        "ensemble.seed" => spec with { Ensemble = spec.Ensemble with { Seed = 43 } },
        "ensemble.perturbation.amplitude" =>
            spec with { Ensemble = spec.Ensemble with { Perturbation = new("gaussian", 0.25, null) } },
        "output.variables" => spec with { Output = spec.Output with { Variables = ["u"] } },
        "output.every" => spec with { Output = spec.Output with { Every = 2 } },
        "output.lead-times-per-chunk" => spec with { Output = spec.Output with { Store = new ZarrSpec { LeadTimesPerChunk = 7 } } },
        "output.compression" => spec with { Output = spec.Output with { Store = new ZarrSpec { Compression = OutputCompression.None } } },
        "output.keep-bits.u" => spec with { Output = spec.Output with { KeepBits = [new KeepBitsSpec("u", 12)] } },
        "output.coordinate-names" => spec with { Output = spec.Output with { CoordinateNames = CoordinateNames.Short } },
        "output.longitude-from" => spec with { Output = spec.Output with { LongitudeFrom = -180 } },
        "output.latitude-order" => spec with { Output = spec.Output with { LatitudeOrder = LatitudeOrder.Northward } },
        "output.box.latitude" => spec with { Output = spec.Output with { Box = new BoxSpec(new DegreeRange(-10, 10), null) } },
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "no such change"),
    };

    private static RunRecord Record(RunSpec spec, string cpu = "avx2") =>
        new(spec, spec.ToNumerics(), spec.ToOutputLayout(), [new("cpu", cpu)], []);
}
