namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Runs of a shipped example, each in a folder of its own: two batches of members, a session at every boundary.</summary>
/// <param name="example">The spec's name below <c>examples</c>.</param>
/// <param name="boundaries">How many boundaries a run has.</param>
/// <param name="settings">What all of them are given besides.</param>
internal sealed class ExampleRuns(string example, int boundaries, params string[] settings) : IDisposable
{
    private static readonly string Root = typeof(ExampleRuns).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    public RunSpec Spec(string name, params string[] more) => RunSpecReader.Read(Path.Combine(Root, "examples", example),
    [
        $"lead-times.count={boundaries}", "ensemble.batch-size=2", "node.slots=1", "checkpoint.flush-interval=1",
        "checkpoint.mode=append", "checkpoint.durability=none", "output.lead-times-per-chunk=1", "output.picture=off",
        $"checkpoint.path={_trial.Folder}/{name}/checkpoints", $"output.path={_trial.Folder}/{name}/fields.zarr", .. settings, .. more,
    ]);

    /// <summary>A file of the repository.</summary>
    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    /// <summary>Runs it, without a failure.</summary>
    public static RunOutcome Run(RunSpec spec, Recorder recorder, CancellationToken stop = default)
    {
        using var host = PreparedRun.Create(spec, new RunOptions(), recorder);
        var result = host.Run(stop);
        Assert.True(result.Failures.Count == 0, string.Join('\n', result.Failures.Select(f => f.Error.ToString())));
        return result.Outcome;
    }

    /// <summary>Stopped at any boundary and resumed, it ends with the same bytes, and repeats its steps to the bit.</summary>
    public void AssertRestartsEverywhere(params string[] more)
    {
        var calm = Spec("calm", more);
        Assert.Equal(RunOutcome.Completed, Run(calm, new Recorder()));
        for (var boundary = 0; boundary < boundaries; boundary++)
        {
            var spec = Spec($"stopped-{boundary}", [.. more, "checkpoint.verify-resume=100"]);
            using var stop = new CancellationTokenSource();
            var at = boundary;
            Assert.Equal(RunOutcome.Stopped, Run(spec, new Recorder(e => StopAt(e, at, stop)), stop.Token));
            var resumed = new Recorder();
            Assert.Equal(RunOutcome.Completed, Run(spec, resumed));

            Assert.All(resumed.Of<ResumeVerified>(), verified => Assert.True(verified.IsExact));
            Assert.True(boundary == 0 || resumed.Of<ResumeVerified>().Any(), $"nothing was verified at {boundary}");
            Trial.AssertSameEnd(calm, spec);
        }
    }

    private static void StopAt(RunEvent runEvent, int boundary, CancellationTokenSource stop)
    {
        if (runEvent is BoundaryReached reached && reached.Boundary == boundary)
            stop.Cancel();
    }
}
