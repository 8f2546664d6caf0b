namespace Cairn.Engine.Tests.Rollouts;

public sealed class RunFolderTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_second_process_at_the_same_run_is_refused_and_the_first_goes_on()
    {
        var spec = _trial.Spec("run");
        Exception? refused = null;
        var recorder = new Recorder(e =>
        {
            if (e is BoundaryReached { Boundary: 3 })
                refused ??= Record.Exception(() => _trial.Run(spec));
        });

        Assert.Equal(RunOutcome.Completed, _trial.Run(spec, recorder).Outcome);
        Assert.Contains($"pid {Environment.ProcessId}", Assert.IsType<FencedException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_spec_is_refused_and_nothing_on_disk_changes()
    {
        var spec = _trial.Spec("run");
        _trial.StopAt(spec, 3);
        var before = Trial.Digests(_trial.Folder);
        var error = Assert.Throws<SpecException>(() => _trial.Run(spec with { Ensemble = spec.Ensemble with { Seed = 1 } }));

        Assert.Contains("ensemble.seed: was 42, now 1", error.Message, StringComparison.Ordinal);
        Trial.AssertSame(before, Trial.Digests(_trial.Folder));
    }

    [Fact]
    public void Fresh_moves_the_old_run_aside_whole_and_begins_anew()
    {
        var spec = _trial.Spec("run");
        _trial.StopAt(spec, 3);
        var (checkpoints, fields) = (Trial.Digests(spec.Checkpoint.Path), Trial.Digests(spec.Output.Path!));
        var changed = spec with { Ensemble = spec.Ensemble with { Seed = 1 } };
        var recorder = new Recorder();
        using (var host = _trial.Host(changed, recorder, fresh: true))
        {
            Assert.Equal(RunOutcome.Completed, host.Run(default).Outcome);
        }
        Trial.AssertSame(checkpoints, Trial.Digests(spec.Checkpoint.Path + ".aside-1"));
        Trial.AssertSame(fields, Trial.Digests(spec.Output.Path + ".aside-1"));
        Assert.All(recorder.Of<BatchStarted>(), e => Assert.Equal(-1, e.Boundary));
        Assert.Equal(2, recorder.Warnings.Count(w => w.Contains("was moved aside to", StringComparison.Ordinal)));

        using var again = _trial.Host(spec, fresh: true);
        again.Run(default);
        Assert.True(Directory.Exists(spec.Checkpoint.Path + ".aside-2"));
    }

    [Fact]
    public void Fresh_leaves_a_link_to_another_disk_and_the_new_data_there_too()
    {
        var spec = _trial.Spec("run");
        foreach (var (link, disk) in (IEnumerable<(string, string)>)[(spec.Output.Path!, "fields"), (spec.Checkpoint.Path, "sessions")])
        {
            // A disk that has nothing on it yet.
            Directory.CreateDirectory(Path.Combine(_trial.Folder, "disk"));
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            Directory.CreateSymbolicLink(link, Path.Combine(_trial.Folder, "disk", disk));
        }
        _trial.StopAt(spec, 3);
        var old = Trial.Digests(spec.Output.Path!);
        using (var host = _trial.Host(spec, fresh: true))
        {
            Assert.Equal(RunOutcome.Completed, host.Run(default).Outcome);
        }
        _trial.Complete(_trial.Spec("calm"));
        Trial.AssertSameEnd(_trial.Spec("calm"), spec);
        Trial.AssertSame(old, Trial.Digests(Path.Combine(_trial.Folder, "disk", "fields.aside-1")));
        Assert.Equal(
            ["fields", "fields.aside-1", "sessions", "sessions.aside-1"],
            Directory.GetDirectories(Path.Combine(_trial.Folder, "disk")).Select(Path.GetFileName).Order());
        Assert.All([spec.Output.Path!, spec.Checkpoint.Path], path => Assert.NotNull(new FileInfo(path).LinkTarget));
    }

    [Fact]
    public void Fresh_on_a_run_that_was_never_begun_moves_nothing()
    {
        var spec = _trial.Spec("run");
        using var host = _trial.Host(spec, fresh: true);
        host.Run(default);

        Assert.Equal(
            ["checkpoints", "fields.zarr"], Directory.GetDirectories(Path.Combine(_trial.Folder, "run")).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fresh_never_moves_what_is_no_runs_data(bool inCheckpoints)
    {
        var spec = _trial.Spec("run");
        var theirs = Path.Combine(inCheckpoints ? spec.Checkpoint.Path : spec.Output.Path!, "thesis.tex");
        Directory.CreateDirectory(Path.GetDirectoryName(theirs)!);
        File.WriteAllText(theirs, "years of work");
        using var host = _trial.Host(spec, fresh: true);
        var error = Assert.Throws<SpecException>(() => host.Run(default));

        Assert.Contains("thesis.tex", error.Message, StringComparison.Ordinal);
        Assert.Contains(inCheckpoints ? "checkpoint.path" : "output.path", error.Message, StringComparison.Ordinal);
        Assert.Equal("years of work", File.ReadAllText(theirs));
    }

    [Fact]
    public void What_the_store_cannot_hold_is_refused_before_a_file_is_touched()
    {
        var spec = _trial.Spec("run");
        var times = new LeadTimeSpec(TimeSpan.FromMilliseconds(1500), 3);
        spec = spec with { LeadTimes = times, Model = spec.Model with { Step = TimeSpan.FromMilliseconds(500) } };
        var model = new StandInModel();

        var error = Assert.Throws<SpecException>(() => _trial.Host(spec, model: model));
        Assert.Contains("whole seconds", error.Message, StringComparison.Ordinal);
        Assert.True(model.Disposed);
        Assert.Empty(Directory.GetFileSystemEntries(_trial.Folder));
    }

    [Fact]
    public void The_status_tells_where_each_batch_stands()
    {
        var spec = _trial.Spec("run");
        _trial.StopAt(spec, 3);
        var status = RunStatus.Read(spec.Checkpoint.Path, new PosixFiles());

        Assert.False(status.Complete);
        Assert.Equal(TimeSpan.FromHours(42), status.End);
        Assert.Equal([(TimeSpan.FromHours(18), 4, 1), (null, 0, 0)], status.Batches.Select(b => (b.LeadTime, b.Sessions, b.Epochs)));
        Assert.Throws<DataException>(() => RunStatus.Read(_trial.Folder, new PosixFiles()));
    }
}
