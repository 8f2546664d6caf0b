namespace Cairn.Engine.Tests.Rollouts;

/// <summary>A disk that fails fails the run cleanly, and costs no byte once it works again.</summary>
public sealed class DiskFailureTests(ITestOutputHelper log) : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_disk_that_fills_up_at_any_call_fails_the_run_by_the_files_name_and_the_same_run_ends_well_later()
    {
        var (calm, total) = Calm();
        var random = Seeded();
        for (var i = 0; i < 20; i++)
        {
            var spec = _trial.Spec($"full-{i}");
            var (after, before) = (random.Next(total), _trial.Files.Calls);
            _trial.Files.FillAfter(after);
            var error = Failure(() => _trial.Run(spec));
            _trial.Files.Heal();
            if (error is null && _trial.Files.Calls - before <= after)
            {
                // Batches side by side share some calls, as it happens: this run took fewer than the calm one, and met no full disk.
                continue;
            }
            // The folders above the run's are made durable too, so that it may be one of them.
            Assert.True(error is DurableIOException { DiskFull: true } full && full.Message.Contains(full.Path, StringComparison.Ordinal)
                && (full.Path.StartsWith(_trial.Folder, StringComparison.Ordinal)
                    || _trial.Folder.StartsWith(full.Path, StringComparison.Ordinal)),
                $"after {after} calls: {error}");
            _trial.Complete(spec);
            Trial.AssertSameEnd(calm, spec);
        }
    }

    [Fact]
    public void A_single_failing_call_costs_at_most_a_restart()
    {
        var (calm, total) = Calm();
        var random = Seeded();
        for (var i = 0; i < 20; i++)
        {
            var spec = _trial.Spec($"once-{i}");
            var after = random.Next(total);
            _trial.Files.FillAfter(after, failures: 1);
            var error = Failure(() => _trial.Run(spec));
            _trial.Files.Heal();

            Assert.True(error is null or DurableIOException, $"after {after} calls: {error}");
            _trial.Complete(spec);
            Trial.AssertSameEnd(calm, spec);
        }
    }

    private static Exception? Failure(Func<RunResult> run)
    {
        try
        {
            return run().Failures.Select(f => f.Error).FirstOrDefault();
        }
        catch (CairnException e)
        {
            return e;
        }
    }

    private (Cairn.Engine.Runs.RunSpec Calm, int Calls) Calm()
    {
        var calm = _trial.Spec("calm");
        var before = _trial.Files.Calls;
        _trial.Complete(calm);
        return (calm, _trial.Files.Calls - before);
    }

    private Random Seeded()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
