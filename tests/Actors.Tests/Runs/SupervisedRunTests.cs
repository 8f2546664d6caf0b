using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

public sealed class SupervisedRunTests : IDisposable
{
    private readonly SmallRun _run = new();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Ranks_in_one_process_write_the_bytes_of_one(int ranks)
    {
        var calm = await _run.CalmAsync();
        var spec = _run.Spec("cut", $"ranks.count={ranks}");
        var (result, events) = await SmallRun.RunAsync(spec);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
        Assert.Equal([3, 7, 11, 12], events.Of<SessionCommitted>().Where(e => e.Batch!.Value.First == 0).Select(e => e.Boundary));
        Assert.Equal(2 * 12 * 2, result.Steps);
    }

    [Theory]
    [InlineData("kind=throw, lead-time=18m, member=3", 1)]
    [InlineData("kind=throw, lead-time=18m, member=3, times=2", 1)]
    [InlineData("kind=throw, lead-time=18m, member=3, rank=2", 3)]
    [InlineData("kind=nan, lead-time=27m, member=0", 1)]
    [InlineData("kind=nan, lead-time=27m, member=0, rank=1", 3)]
    [InlineData("kind=commit, lead-time=21m, member=3", 1)]
    [InlineData("kind=commit, lead-time=21m, member=3, rank=2, times=3", 3)]
    [InlineData("kind=commit, lead-time=36m, member=3, rank=0, times=2", 3)]
    [InlineData("kind=hang, lead-time=6m, member=1", 1)]
    [InlineData("kind=hang, lead-time=21m, member=1, rank=1", 3)]
    public async Task A_run_that_is_disturbed_ends_with_the_bytes_of_a_calm_one(string fault, int ranks)
    {
        var calm = await _run.CalmAsync();
        var spec = _run.Spec(
            "disturbed", $"ranks.count={ranks}", $"rehearsal=[{{{fault}}}]", "supervision.boundary-deadline=2s",
            "checkpoint.verify-resume=100");
        var (result, events) = await SmallRun.RunAsync(spec);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
        Assert.True(events.Of<RankFailed>().Count + events.Of<SessionAborted>().Count > 0, "the fault did not happen");
        Assert.All(events.Of<ResumeVerified>(), verified => Assert.True(verified.IsExact));
        AssertNothingReportedIsRepeated(events);
    }

    [Fact]
    public async Task A_failure_is_reported_with_member_rank_lead_time_and_cause()
    {
        var spec = _run.Spec("told", "ranks.count=3", "rehearsal=[{kind=throw, lead-time=18m, member=3, rank=2}]");
        var (_, events) = await SmallRun.RunAsync(spec);

        var failed = Assert.Single(events.Of<RankFailed>());
        Assert.Equal((2, 3, TimeSpan.FromMinutes(18)), (failed.Rank, failed.Member, failed.LeadTime));
        Assert.Contains("rehearsal", failed.Cause, StringComparison.Ordinal);
        Assert.Equal(new MemberRange(2, 3), failed.Batch);
        var journal = File.ReadAllText(Path.Combine(spec.Checkpoint.Path, RunJournal.FileName));
        Assert.Contains("\"event\":\"rank failed\",\"rank\":2,\"member\":3,\"lead_time\":\"18 min\"", journal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_that_stays_fails_its_batch_and_no_other()
    {
        var calm = await _run.CalmAsync();
        var spec = _run.Spec("fails", "rehearsal=[{kind=throw, lead-time=18m, member=3, times=always}]");
        var (result, events) = await SmallRun.RunAsync(spec);

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Equal(new MemberRange(2, 3), Assert.Single(result.Failures).Batch);
        Assert.Equal(
            SmallRun.Digests(calm, file => SmallRun.IsOf(0, file) || SmallRun.IsOf(1, file)),
            SmallRun.Digests(spec, file => SmallRun.IsOf(0, file) || SmallRun.IsOf(1, file)));
        Assert.Contains(events.Of<RestartPlanned>(), planned => planned.Reason.Contains("further back", StringComparison.Ordinal));

        // The cause is gone: the same run goes on from its sessions.
        var (again, later) = await SmallRun.RunAsync(spec with { Faults = [] });
        Assert.Equal(RunOutcome.Completed, again.Outcome);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
        Assert.Equal(3, later.Of<BatchStarted>().Single().Boundary);
    }

    [Fact]
    public async Task A_member_that_cannot_go_on_is_dropped_and_the_others_of_its_batch_are_as_in_a_calm_run()
    {
        var calm = await _run.CalmAsync();
        var spec = _run.Spec(
            "drop", "supervision.on-failure=drop", "rehearsal=[{kind=throw, lead-time=18m, member=3, times=always}]");
        var (result, events) = await SmallRun.RunAsync(spec);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal((3, TimeSpan.FromMinutes(18)), events.Of<MemberDropped>().Select(e => (e.Member, e.LeadTime)).Single());
        Assert.Equal(
            SmallRun.Digests(calm, file => SmallRun.IsOf(2, file)), SmallRun.Digests(spec, file => SmallRun.IsOf(2, file)));
        var (again, _) = await SmallRun.RunAsync(spec);
        Assert.Equal((RunOutcome.Completed, 0), (again.Outcome, again.Steps));
    }

    [Fact]
    public async Task A_member_that_cannot_go_on_begins_anew_with_another_draw_and_changes_nobody_else()
    {
        var calm = await _run.CalmAsync();
        var spec = _run.Spec(
            "redraw", "supervision.on-failure=re-perturb", "supervision.max-restarts=1",
            "rehearsal=[{kind=throw, lead-time=30m, member=3, times=3}]");
        var (result, events) = await SmallRun.RunAsync(spec);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal((3, 1), events.Of<MemberRedrawn>().Select(e => (e.Member, e.Draw)).Single());
        Assert.Equal(
            SmallRun.Digests(calm, file => SmallRun.IsOf(2, file)), SmallRun.Digests(spec, file => SmallRun.IsOf(2, file)));
        var (before, after) = (SmallRun.Digests(calm, f => SmallRun.IsOf(3, f)), SmallRun.Digests(spec, f => SmallRun.IsOf(3, f)));
        Assert.All(before, f => Assert.NotEqual(f.Value, after[f.Key]));
        Assert.Contains("\"perturbation_draws\"", File.ReadAllText(Path.Combine(spec.Output.Path!, ".zattrs")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_drawn_anew_does_not_go_on_from_what_another_cut_of_the_ensemble_had_of_its_old_draw()
    {
        var calm = await _run.CalmAsync();
        // Four batches of one member get as far as 21 minutes.
        _ = await SmallRun.RunAsync(_run.Spec("redrawn", "ensemble.batch-size=1", "lead-times.count=7"));

        // One batch goes on from there, draws member 3 anew, and fails once more when it has come to 12 minutes again.
        var (result, events) = await SmallRun.RunAsync(_run.Spec(
            "redrawn", "ensemble.batch-size=4", "supervision.on-failure=re-perturb", "supervision.max-restarts=1",
            "rehearsal=[{kind=throw, lead-time=27m, member=3, times=2}, {kind=throw, lead-time=15m, member=0}]"));

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(3, Assert.Single(events.Of<MemberRedrawn>()).Member);
        Assert.Equal([7, 7, -1, 3], events.Of<BatchStarted>().Select(started => started.Boundary));
        var redrawn = _run.Spec("redrawn");
        var (before, after) = (SmallRun.Digests(calm, f => SmallRun.IsOf(3, f)), SmallRun.Digests(redrawn, f => SmallRun.IsOf(3, f)));
        Assert.All(before, f => Assert.NotEqual(f.Value, after[f.Key]));
    }

    [Fact]
    public async Task A_gang_goes_on_where_another_number_of_ranks_was_halted()
    {
        // Long enough that a halt comes before the end, also of a gang of one, which nothing holds back meanwhile.
        string[] length = ["lead-times.count=400", "output.every=10", "output.lead-times-per-chunk=1", "checkpoint.flush-interval=10"];
        var calm = _run.Spec("calm", length);
        _ = await SmallRun.RunAsync(calm);
        var boundary = 0;
        foreach (var ranks in (int[])[4, 1, 3, 1, 5])
        {
            using var stop = new CancellationTokenSource();
            var until = boundary += 20;
            var spec = _run.Spec("recut", [$"ranks.count={ranks}", "ensemble.batch-size=4", .. length]);
            var (result, _) = await SmallRun.RunAsync(spec, new Events(e => StopAt(e, until, stop)), stop.Token);
            Assert.Equal(RunOutcome.Stopped, result.Outcome);
        }

        var last = _run.Spec("recut", ["ranks.count=2", "ensemble.batch-size=4", .. length]);
        var (end, events) = await SmallRun.RunAsync(last);
        Assert.Equal(RunOutcome.Completed, end.Outcome);
        Assert.True(Assert.Single(events.Of<BatchStarted>()).Boundary >= boundary);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(last));
    }

    [Fact]
    public async Task A_run_whose_folder_is_held_is_refused()
    {
        var spec = _run.Spec("held");
        var inside = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var once = 0;
        var events = new Events(e =>
        {
            if (e is BoundaryReached && Interlocked.Exchange(ref once, 1) == 0)
            {
                inside.SetResult(Record.Exception(
                    () => LocalRun.RunAsync(spec, new RunOptions(), new Events(), default).GetAwaiter().GetResult()));
            }
        });
        await LocalRun.RunAsync(spec, new RunOptions(), events, default);

        Assert.IsType<FencedException>(await inside.Task);
    }

    [Fact]
    public async Task A_branch_of_a_run_of_several_ranks_is_refused_and_leaves_nothing_behind()
    {
        var spec = _run.Spec("cut", "ranks.count=2");
        _ = await SmallRun.RunAsync(spec);
        var branch = Path.Combine(_run.Folder, "branch");

        var error = Assert.Throws<SpecException>(() => RunBranch.Create(spec.Checkpoint.Path, "@-1", branch, [], new RunOptions()));

        Assert.Contains("ranks.count = 1", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(branch));
    }

    public void Dispose() => _run.Dispose();

    private static void StopAt(RunEvent runEvent, int boundary, CancellationTokenSource stop)
    {
        if (runEvent is BoundaryReached reached && reached.Boundary >= boundary)
            stop.Cancel();
    }

    /// <summary>No gang starts from before the newest session that was reported, unless that session was given up as suspect.</summary>
    private static void AssertNothingReportedIsRepeated(Events events)
    {
        foreach (var batch in events.Of<RunEvent>().GroupBy(e => e.Batch))
        {
            var newest = -1;
            foreach (var e in batch)
            {
                newest = e switch
                {
                    SessionCommitted committed => committed.Boundary,
                    RestartPlanned planned when planned.Reason.Contains("further back", StringComparison.Ordinal) => -1,
                    _ => newest,
                };
                Assert.False(e is BatchStarted started && started.Boundary < newest, $"started from {e}, before boundary {newest}");
            }
        }
    }
}
