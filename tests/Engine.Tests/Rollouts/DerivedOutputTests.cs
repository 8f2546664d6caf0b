namespace Cairn.Engine.Tests.Rollouts;

/// <summary>NetCDF files derived at the end of a run, and what becomes of the members' fields then.</summary>
public sealed class DerivedOutputTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(5, 2, 4)]
    public void A_run_killed_and_resumed_derives_the_same_bytes_however_it_is_cut(int stop, int perChunk, int batch)
    {
        var (calm, run) = (Deriving("calm", perChunk), Deriving("run", perChunk));
        run = run with { Ensemble = run.Ensemble with { BatchSize = batch } };
        var events = _trial.Complete(calm);
        Assert.Equal(RunOutcome.Stopped, _trial.StopAt(run, stop).Outcome);
        Assert.False(File.Exists(run.Output.NetCdf));
        _trial.Complete(run);

        Assert.Equal([calm.Output.NetCdf, calm.Output.Statistics!.Path], events.Of<OutputDerived>().Select(e => e.Path));
        Assert.Equal(File.ReadAllBytes(calm.Output.NetCdf!), File.ReadAllBytes(run.Output.NetCdf!));
        Assert.Equal(File.ReadAllBytes(calm.Output.Statistics!.Path), File.ReadAllBytes(run.Output.Statistics!.Path));
        using var file = NetCdfFile.Open(run.Output.Statistics.Path);
        Assert.Equal([8L, 3, 3, 4], file.Variable("u_quantile").Dimensions.Select(d => d.Length));
    }

    [Fact]
    public void What_is_there_is_not_derived_again_and_what_is_new_or_gone_is()
    {
        var run = Deriving("run");
        _trial.Complete(run with { Output = run.Output with { Statistics = null } });
        Assert.Equal([run.Output.Statistics!.Path], _trial.Complete(run).Of<OutputDerived>().Select(e => e.Path));
        Assert.Empty(_trial.Complete(run).Of<OutputDerived>());

        File.Delete(run.Output.NetCdf!);
        Assert.Equal([run.Output.NetCdf], _trial.Complete(run).Of<OutputDerived>().Select(e => e.Path));
        var longer = run with { LeadTimes = run.LeadTimes with { Count = 9 } };
        Assert.Equal(2, _trial.Complete(longer).Of<OutputDerived>().Count());
        Assert.Equal(run.Output.Statistics!.Path, Assert.Single(_trial.Complete(longer with
        {
            Output = run.Output with { Statistics = new StatisticsSpec(run.Output.Statistics!.Path, [0.25]) },
        }).Of<OutputDerived>()).Path);
    }

    [Fact]
    public void Files_of_a_run_whose_last_members_were_dropped_hold_the_others_until_they_are_made_up_for()
    {
        var (full, run) = (Deriving("full"), Deriving("run"));
        _trial.Complete(full);
        using (var host = _trial.Host(run))
        using (var open = host.Open())
        {
            var work = new BatchQueue(open.Parts, [open.Work[0]], CancellationToken.None);
            work.Drain();
            Assert.Equal(RunOutcome.Completed, open.Finish(work.Steps, [.. work.Failures], unfinished: false, members: 2).Outcome);
        }
        using (var file = NetCdfFile.Open(run.Output.NetCdf!))
        {
            Assert.Equal(2, file.Variable("u").Dimensions.Single(d => d.Name == "realization").Length);
        }
        _trial.Complete(run);
        Assert.Equal(File.ReadAllBytes(full.Output.NetCdf!), File.ReadAllBytes(run.Output.NetCdf!));
        Assert.Equal(File.ReadAllBytes(full.Output.Statistics!.Path), File.ReadAllBytes(run.Output.Statistics!.Path));
        Trial.AssertSameEnd(full, run);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Members_that_are_not_kept_go_once_everything_is_derived_and_the_run_stays_complete(bool stopped)
    {
        var kept = Deriving("kept");
        var run = Dropping("run");
        _trial.Complete(kept);
        if (stopped)
        {
            _trial.StopAt(run, 4);
            Assert.True(Directory.Exists(run.Output.Path));
        }
        Assert.Equal(run.Output.Path, Assert.Single(_trial.Complete(run).Of<MembersDropped>()).Path);
        Assert.False(Directory.Exists(run.Output.Path));
        Assert.Equal(File.ReadAllBytes(kept.Output.NetCdf!), File.ReadAllBytes(run.Output.NetCdf!));

        var again = new Recorder();
        var result = _trial.Run(run, again);
        Assert.Equal((RunOutcome.Completed, 0L), (result.Outcome, result.Steps));
        Assert.Empty(again.Of<BatchStarted>());
        Assert.Empty(again.Warnings);
        Assert.False(Directory.Exists(run.Output.Path));
    }

    [Fact]
    public void Fields_that_a_link_leads_to_are_dropped_where_they_lie_and_the_link_serves_again()
    {
        var run = Dropping("run");
        var disk = Directory.CreateDirectory(Path.Combine(_trial.Folder, "disk")).FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(run.Output.Path!)!);
        Directory.CreateSymbolicLink(run.Output.Path!, Path.Combine(disk, "fields"));

        _trial.Complete(run);
        Assert.Empty(Directory.GetFileSystemEntries(disk));

        using (var host = _trial.Host(run with { Output = run.Output with { KeepMembers = true } }, fresh: true))
        {
            Assert.Equal(RunOutcome.Completed, host.Run(CancellationToken.None).Outcome);
        }
        Assert.True(File.Exists(Path.Combine(disk, "fields", ".zmetadata")));
    }

    [Fact]
    public void After_a_drop_whatever_would_need_the_members_again_is_refused()
    {
        var run = Dropping("run");
        _trial.Complete(run);

        Refused<SpecException>(run with { LeadTimes = run.LeadTimes with { Count = 9 } }, "8 written lead times; now it has 4 and 10");
        var other = new StatisticsSpec(run.Output.Statistics!.Path, [0.3]);
        Refused<SpecException>(run with { Output = run.Output with { Statistics = other } }, "was not derived");
        File.WriteAllText(run.Output.NetCdf!, "");
        Refused<DataException>(run, "fields.nc is gone");
        using var host = _trial.Host(run, fresh: true);
        Assert.Equal(RunOutcome.Completed, host.Run(CancellationToken.None).Outcome);
        Assert.True(File.Exists(run.Output.NetCdf + ".aside-1"));
    }

    [Theory]
    [InlineData("rename", "_dropped")]
    [InlineData("unlink", "/u/")]
    [InlineData("rename", "derived.json")]
    [InlineData("rename", "statistics.nc")]
    public void A_drop_or_a_derivation_cut_short_is_gone_on_with(string call, string path)
    {
        var calm = Dropping("calm");
        _trial.Complete(calm);
        var run = Dropping("run");
        var broken = true;
        var files = new UnsyncedFiles
        {
            Before = (made, at) =>
            {
                if (broken && made == call && at.Contains("/run/", StringComparison.Ordinal) && at.Contains(path, StringComparison.Ordinal))
                {
                    broken = false;
                    throw new DurableIOException(call, at, 5, "planted");
                }
            },
        };
        Assert.Throws<DurableIOException>(() => Run(run, files));
        Assert.False(broken);

        Assert.Equal((RunOutcome.Completed, 0L), (Run(run, files).Outcome, Run(run, files).Steps));
        Assert.False(Directory.Exists(run.Output.Path));
        Assert.Equal(File.ReadAllBytes(calm.Output.NetCdf!), File.ReadAllBytes(run.Output.NetCdf!));
        Assert.Equal(File.ReadAllBytes(calm.Output.Statistics!.Path), File.ReadAllBytes(run.Output.Statistics!.Path));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(run.Output.Path)!, ".tmp_*"));
    }

    [Fact]
    public void A_file_a_member_is_derived_of_each_and_only_those_that_are_missing_again()
    {
        var run = _trial.Spec("run");
        var folder = Path.GetDirectoryName(run.Output.Path)!;
        run = run with { Output = run.Output with { NetCdf = Path.Combine(folder, "m-{member}.nc"), KeepMembers = false } };
        string[] names = [.. Enumerable.Range(0, run.Ensemble.Size).Select(m => Path.Combine(folder, $"m-000{m}.nc"))];
        Assert.Equal(names, _trial.Complete(run).Of<OutputDerived>().Select(e => e.Path));
        Assert.Empty(_trial.Complete(run).Of<OutputDerived>());
        File.Delete(names[1]);
        Refused<DataException>(run, "m-0001.nc is gone");

        using (var host = _trial.Host(run, fresh: true))
        {
            Assert.Equal(RunOutcome.Completed, host.Run(CancellationToken.None).Outcome);
        }
        Assert.True(File.Exists(names[0] + ".aside-1") && names.All(File.Exists));
        var other = _trial.Spec("other");
        Refused<SpecException>(other with { Output = other.Output with { NetCdf = run.Output.NetCdf } }, "was not written by this run");
    }

    [Fact]
    public void A_file_of_somebody_else_is_never_replaced()
    {
        var run = Deriving("run");
        Directory.CreateDirectory(Path.GetDirectoryName(run.Output.NetCdf)!);
        File.WriteAllText(run.Output.NetCdf!, "mine");

        Refused<SpecException>(run, "was not written by this run");
        Assert.Equal("mine", File.ReadAllText(run.Output.NetCdf!));
    }

    [Fact]
    public void At_any_time_files_are_derived_from_what_every_member_has_committed()
    {
        var run = _trial.Spec("run");
        run = run with { Ensemble = run.Ensemble with { BatchSize = 4 } };
        _trial.StopAt(run, 3);
        string[] names = [Path.Combine(_trial.Folder, "a.nc"), Path.Combine(_trial.Folder, "s.nc")];
        var folder = run.Checkpoint.Path;

        Assert.Equal(names, RunDerivation.Derive(folder, names[0], names[1], [0.5], _trial.Files));
        using (var file = NetCdfFile.Open(names[0]))
        {
            Assert.Equal(4, file.Dimensions.Single(d => d.Name == "time").Length);
        }
        Assert.Throws<SpecException>(() => RunDerivation.Derive(folder, null, null, null, _trial.Files));
        _trial.Complete(run);
        var whole = Deriving("whole");
        _trial.Complete(whole);
        RunDerivation.Derive(folder, names[0], names[1], null, _trial.Files);
        Assert.Equal(File.ReadAllBytes(whole.Output.NetCdf!), File.ReadAllBytes(names[0]));
        Assert.Equal(File.ReadAllBytes(whole.Output.Statistics!.Path), File.ReadAllBytes(names[1]));
    }

    [Fact]
    public void A_run_without_fields_has_nothing_to_derive_from()
    {
        var run = _trial.Spec("run") with { Output = new OutputSpec { Kind = OutputSpec.None } };
        _trial.Complete(run);

        var error = Assert.Throws<SpecException>(
            () => RunDerivation.Derive(run.Checkpoint.Path, null, Path.Combine(_trial.Folder, "s.nc"), null, _trial.Files));
        Assert.Contains("output.kind = none", error.Message, StringComparison.Ordinal);
    }

    private RunResult Run(RunSpec spec, UnsyncedFiles files)
    {
        using var host = PreparedRun.Create(
            spec, new RunOptions { Files = files }, new RunObservers(), new StandInModel(), Trial.Initial, []);
        return host.Run(CancellationToken.None);
    }

    private void Refused<T>(RunSpec spec, string said) where T : Exception =>
        Assert.Contains(said, Assert.Throws<T>(() => _trial.Run(spec)).Message, StringComparison.Ordinal);

    private RunSpec Deriving(string name, int perChunk = 1)
    {
        var spec = _trial.Spec(name);
        return spec with
        {
            Checkpoint = spec.Checkpoint with { FlushInterval = perChunk },
            Output = spec.Output with
            {
                Store = new ZarrSpec { LeadTimesPerChunk = perChunk },
                NetCdf = Path.Combine(_trial.Folder, name, "fields.nc"),
                Statistics = new StatisticsSpec(Path.Combine(_trial.Folder, name, "statistics.nc"), [0.1, 0.5, 0.9]),
            },
        };
    }

    private RunSpec Dropping(string name)
    {
        var spec = Deriving(name);
        return spec with { Output = spec.Output with { KeepMembers = false } };
    }
}
