using System.Reflection;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Chm;

namespace Cairn.Actors.Tests.Runs;

/// <summary>Mesh runs save CHM's checkpoints besides their own sessions, and begin from them on any number of ranks.</summary>
public sealed class ChmRunTests : IDisposable
{
    private static readonly string Root = typeof(ChmRunTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly SmallRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_run_saves_what_is_due_and_another_number_of_ranks_begins_from_it_to_the_same_state()
    {
        var (_, events) = await SmallRun.RunAsync(Spec(
            "saving", 4, 20, "checkpoint.save_checkpoint=true", "checkpoint.on_frequency=192", "checkpoint.on_last=true"));

        // Due after the 193rd and the 385th step of half an hour, at 96.5 h and 192.5 h: sessions are at 12 h, 36 h, …
        Assert.Equal([108, 204, 240], events.Of<ChmCheckpointSaved>().Select(e => e.LeadTime.TotalHours));
        Assert.True(File.Exists(Path.Combine(Output("saving"), ChmCleanExit.FileName)));
        var middle = events.Of<ChmCheckpointSaved>()[0].Path;
        Assert.Equal(4, ChmCheckpoint.Open(middle).Ranks);

        var (result, again) = await SmallRun.RunAsync(Spec(
            "loading", 3, 20, "checkpoint.save_checkpoint=true", "checkpoint.on_last=true", $"checkpoint.load_checkpoint_path={middle}"));

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(11 * 24, result.Steps);
        AssertSameState(events.Of<ChmCheckpointSaved>()[2].Path, Assert.Single(again.Of<ChmCheckpointSaved>()).Path);
    }

    [Fact]
    public async Task A_run_without_sessions_of_its_own_resumes_from_the_newest_checkpoint_that_is_whole()
    {
        string[] saving = ["checkpoint.save_checkpoint=true", "checkpoint.on_frequency=96", "checkpoint.on_last=true"];
        var (_, events) = await SmallRun.RunAsync(Spec("first", 2, 12, saving));
        var saved = events.Of<ChmCheckpointSaved>();
        var last = saved[^1].Path;
        // The run's own sessions are lost, the last checkpoint as well, and the one before it lost a rank's file.
        Directory.Move(Output("first"), Path.Combine(_run.Folder, "kept"));
        string Kept(string path) => path.Replace(Output("first"), Path.Combine(_run.Folder, "kept"), StringComparison.Ordinal);
        var expected = ChmCheckpoint.Open(Kept(last));
        File.Move(Kept(last), Path.Combine(_run.Folder, "last.json"));
        File.Delete(Directory.EnumerateFiles(
            Path.Combine(_run.Folder, "kept", "checkpoint", Path.GetFileName(saved[^2].Path).Split('_', '.')[1])).First());

        var (result, again) = await SmallRun.RunAsync(Spec(
            "second", 1, 12, [.. saving, $"checkpoint.chm-output={_run.Folder}/kept", "checkpoint.auto_resume=true"]));

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Contains(again.Of<RunWarning>(), w => w.Text.Contains("is skipped", StringComparison.Ordinal));
        Assert.Equal((12 - (int)(saved[^3].LeadTime.TotalHours / 12)) * 24, result.Steps);
        AssertSameState(expected, ChmCheckpoint.Open(again.Of<ChmCheckpointSaved>()[^1].Path));
    }

    [Fact]
    public async Task A_checkpoint_between_two_boundaries_shifts_them_and_is_named_with_what_is_stepped()
    {
        var (_, events) = await SmallRun.RunAsync(Spec("saving", 1, 20, "checkpoint.save_checkpoint=true", "checkpoint.on_frequency=24"));
        var saved = events.Of<ChmCheckpointSaved>().ToDictionary(e => e.LeadTime.TotalHours, e => e.Path);
        var spec = Spec(
            "loading", 1, 10, "lead-times.every=24h", "checkpoint.save_checkpoint=true", "checkpoint.on_last=true",
            $"checkpoint.load_checkpoint_path={saved[108]}");

        var (result, again) = await SmallRun.RunAsync(spec);

        // 240 h from the run's start on are 132 h from the checkpoint on, in which there is room for five boundaries.
        Assert.Equal((RunOutcome.Completed, 5 * 48L), (result.Outcome, result.Steps));
        AssertSameState(saved[228], Assert.Single(again.Of<ChmCheckpointSaved>()).Path);
        var begun = Assert.Single(again.Of<BegunFromChm>());
        Assert.Equal((saved[108], 5, TimeSpan.FromHours(120)), (begun.Path, begun.Boundaries, begun.End));
        Assert.Equal(ChmCheckpoint.Open(saved[108]).Time.ToDateTime(), begun.Time.UtcDateTime);
        Assert.All(again.Of<BatchStarted>(), e => Assert.Equal(saved[108], e.Checkpoint));
        Assert.Contains(again.Of<RunWarning>(), w => w.Text.Contains("not a boundary of a run from", StringComparison.Ordinal));
        var journal = File.ReadAllText(Path.Combine(spec.Checkpoint.Path, "events.jsonl"));
        Assert.Contains("\"event\":\"begun from chm checkpoint\",\"path\":\"" + saved[108], journal, StringComparison.Ordinal);
        Assert.Contains("\"steps\":240,\"boundaries\":5", journal, StringComparison.Ordinal);
        Assert.Contains("not a boundary of a run from", journal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Automatic_resume_that_finds_nothing_says_so_once()
    {
        var spec = Spec("first", 1, 1, "checkpoint.auto_resume=true");

        var (_, events) = await SmallRun.RunAsync(spec);
        var (_, again) = await SmallRun.RunAsync(spec);

        Assert.Contains(
            $"auto_resume found no checkpoint in {Output("first")}/checkpoint", Assert.Single(events.Of<RunWarning>()).Text,
            StringComparison.Ordinal);
        Assert.Contains("auto_resume found no checkpoint", File.ReadAllText(Path.Combine(spec.Checkpoint.Path, "events.jsonl")),
            StringComparison.Ordinal);
        Assert.Empty(events.Of<BegunFromChm>());
        Assert.Empty(again.Of<RunWarning>());
    }

    [Fact]
    public void A_checkpoint_after_which_nothing_is_left_to_step_is_refused_with_its_time()
    {
        var path = Path.Combine(_run.Folder, "checkpoint_19960917T000000.np1.json");
        File.WriteAllText(path, """
            {
                "ranks": "1", "restart_time_sec": "842918400", "startdate": "19960917T000000",
                "files": ["19960917T000000/chkp19960917T000000_0.nc"]
            }
            """);
        var spec = Spec("late", 1, 12, $"checkpoint.load_checkpoint_path={path}");

        var error = Assert.Throws<SpecException>(() => PreparedRun.Create(spec, new RunOptions(), new Events()));

        Assert.Contains("is of 1996-09-17 00:00:00, and the run ends at ", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(spec.Checkpoint.Path));
    }

    private static void AssertSameState(string expected, string actual) =>
        AssertSameState(ChmCheckpoint.Open(expected), ChmCheckpoint.Open(actual));

    private static void AssertSameState(ChmCheckpoint expected, ChmCheckpoint actual)
    {
        Assert.Equal(expected.Time, actual.Time);
        var contents = expected.Verify();
        var triangles = new ChmTriangles([.. Enumerable.Range(0, (int)contents.Triangles).Select(i => (long)i)]);
        var (one, two) = (expected.Load(triangles, contents.Variables), actual.Load(triangles, contents.Variables));
        foreach (var (a, b) in one.Variables.Zip(two.Variables))
        {
            Assert.Equal(a.Name, b.Name);
            Assert.Equal(a.Values.Select(BitConverter.DoubleToInt64Bits), b.Values.Select(BitConverter.DoubleToInt64Bits));
        }
    }

    private string Output(string name) => Path.Combine(_run.Folder, name, "checkpoints", "chm");

    private RunSpec Spec(string name, int ranks, int count, params string[] settings) => RunSpecReader.Read(
        Path.Combine(Root, "examples", "granger-winter.conf"),
        [
            "lead-times.every=12h", $"lead-times.count={count}", "checkpoint.flush-interval=2", "output.lead-times-per-chunk=2",
            "output.netcdf=null", "output.picture=off", "checkpoint.durability=none", $"ranks.count={ranks}", "node.slots=2",
            $"checkpoint.path={_run.Folder}/{name}/checkpoints", $"output.path={_run.Folder}/{name}/fields.zarr", .. settings,
        ],
        _run.Folder);
}
