using System.Reflection;
using System.Security.Cryptography;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Runs;

/// <summary>
/// A mesh run is an ordinary run: it stops, resumes on other numbers of ranks and mends itself without a change of any byte.
/// </summary>
public sealed class MeshRunTests : IDisposable
{
    private static readonly string Root = typeof(MeshRunTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly SmallRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Four_ranks_that_stop_and_then_four_and_one_and_three_end_with_the_bytes_of_an_undisturbed_run()
    {
        var calm = Spec("calm", 3);
        Assert.Equal(RunOutcome.Completed, (await SmallRun.RunAsync(calm)).Result.Outcome);
        foreach (var (ranks, boundary) in new[] { (4, 11), (4, 25), (1, 44) })
        {
            using var stop = new CancellationTokenSource();
            var events = new Events(e =>
            {
                if (e is BoundaryReached reached && reached.Boundary >= boundary)
                    stop.Cancel();
            });
            var (result, _) = await SmallRun.RunAsync(Spec("recut", ranks), events, stop.Token);
            Assert.Equal(RunOutcome.Stopped, result.Outcome);
        }

        var last = Spec("recut", 3);
        var (end, reported) = await SmallRun.RunAsync(last);

        Assert.Equal(RunOutcome.Completed, end.Outcome);
        Assert.True(Assert.Single(reported.Of<BatchStarted>()).Boundary >= 44);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(last));
        Assert.Equal(States(calm), States(last));
    }

    [Theory]
    [InlineData("kind=throw, lead-time=36h, member=0, rank=2")]
    [InlineData("kind=nan, lead-time=60h, member=0, rank=1")]
    [InlineData("kind=commit, lead-time=36h, member=0, rank=3, times=2")]
    public async Task A_disturbed_run_ends_with_the_bytes_of_a_calm_one(string fault)
    {
        var calm = Spec("calm", 1);
        _ = await SmallRun.RunAsync(calm);
        var spec = Spec("disturbed", 4, $"rehearsal=[{{{fault}}}]", "checkpoint.verify-resume=100");
        var (result, events) = await SmallRun.RunAsync(spec);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.True(events.Of<RankFailed>().Count + events.Of<SessionAborted>().Count > 0, "the fault did not happen");
        Assert.All(events.Of<ResumeVerified>(), verified => Assert.True(verified.IsExact));
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
    }

    /// <summary>Thirty days of the example, during which snow falls, drifts and melts.</summary>
    private RunSpec Spec(string name, int ranks, params string[] settings) => RunSpecReader.Read(
        Path.Combine(Root, "examples", "granger-winter.conf"),
        [
            "lead-times.every=12h", "lead-times.count=60", "checkpoint.flush-interval=4", "output.lead-times-per-chunk=2",
            "output.netcdf=null", "output.picture=off", "checkpoint.durability=none", $"ranks.count={ranks}", "node.slots=2",
            "supervision.first-pause=1ms", "supervision.longest-pause=5ms", $"checkpoint.path={_run.Folder}/{name}/checkpoints",
            $"output.path={_run.Folder}/{name}/fields.zarr", .. settings,
        ],
        _run.Folder);

    /// <summary>Every array of the newest commit of each rank, by name.</summary>
    private static SortedDictionary<string, string> States(RunSpec spec)
    {
        var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var rank in Directory.EnumerateDirectories(Path.Combine(spec.Checkpoint.Path, "members_000000_000000"), "rank_*"))
        {
            // A rank that only the earlier gangs had has no commit left.
            var newest = Directory.EnumerateDirectories(Path.Combine(rank, "commits")).Max(StringComparer.Ordinal);
            foreach (var file in newest is null ? [] : Directory.EnumerateFiles(newest, "*.npy", SearchOption.AllDirectories))
            {
                states[$"{Path.GetFileName(rank)}/{Path.GetRelativePath(newest!, file)}"] =
                    Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
            }
        }

        Assert.NotEmpty(states);
        return states;
    }
}
