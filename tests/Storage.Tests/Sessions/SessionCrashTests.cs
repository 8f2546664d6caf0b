using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>
/// Power fails on the whole gang after every single call, and the disk comes back in any state that POSIX allows: a session that was
/// reported reads back whole on every rank, one that was not is whole or absent.
/// </summary>
public sealed class SessionCrashTests
{
    private const int Seed = 20261122;
    private const int Steps = 3;
    private const int Ranks = 3;

    [Theory]
    [InlineData(CheckpointMode.Append)]
    [InlineData(CheckpointMode.Overwrite)]
    [Trait("Category", "Slow")]
    public void Every_crash_leaves_whole_sessions_or_none(CheckpointMode mode) => Crash(mode, stride: 1, atLeast: 500);

    [Theory]
    [InlineData(CheckpointMode.Append)]
    [InlineData(CheckpointMode.Overwrite)]
    public void A_sample_of_crashes_leaves_whole_sessions_or_none(CheckpointMode mode) => Crash(mode, stride: 11, atLeast: 60);

    private static void Crash(CheckpointMode mode, int stride, int atLeast)
    {
        var whole = new RecordingFiles("/data");
        Run(whole, mode, [], []);
        var calls = whole.Operations.Count;
        var states = 0;
        for (var call = 0; call <= calls; call += stride)
        {
            var files = new RecordingFiles("/data");
            files.PowerOffAfter(call);
            List<int> staged = [];
            List<int> reported = [];
            try
            {
                Run(files, mode, staged, reported);
            }
            catch (PowerOffException)
            {
                // The point of the exercise.
            }

            foreach (var after in files.CrashStates(samples: 1, Seed + (call * 1000)))
            {
                states++;
                var violation = Violation(after, mode, reported.LastOrDefault(), staged.LastOrDefault());
                Assert.True(violation is null, $"mode {mode}, call {call} of {calls}, seed {Seed + (call * 1000)}: {violation}");
            }
        }

        Assert.InRange(states, atLeast, int.MaxValue);
    }

    [Fact]
    public void Each_fsync_of_the_commit_point_is_needed()
    {
        var syncs = SyncsOfFirstSession();
        // What lies above the catalog has been synced by the ranks' commits and by the epoch's record.
        string[] needed = [Gang.Path + "/sessions/.tmp_", Gang.Path + "/sessions", Gang.Path];
        for (var i = 0; i < needed.Length; i++)
        {
            Assert.StartsWith(needed[i], syncs[i], StringComparison.Ordinal);
            Assert.True(IsLost(skip: i), $"Without the fsync of {syncs[i]} no crash showed a loss in 100 states from seed {Seed}.");
        }

        Assert.False(IsLost(skip: -1));
    }

    private static List<string> SyncsOfFirstSession()
    {
        var files = new RecordingFiles("/data");
        FirstSession(files, skip: -1, out var syncs);
        return syncs;
    }

    /// <summary>
    /// Whether some crash right after the commit point loses the session when one of the coordinator's fsyncs is left out.
    /// </summary>
    private static bool IsLost(int skip)
    {
        var files = new RecordingFiles("/data");
        FirstSession(files, skip, out _);
        return files.CrashStates(samples: 100, Seed).Any(after => Violation(after, CheckpointMode.Append, 1, 1) is not null);
    }

    private static void FirstSession(RecordingFiles files, int skip, out List<string> syncs)
    {
        using var gang = new Gang(files, Ranks);
        gang.Start();
        var skipping = new SkippingFiles(files, skip);
        var catalog = new SessionCatalog(gang.Options(null) with { Files = new StopAtIndexFiles(skipping) });
        catalog.JoinEpoch(1);
        var staged = gang.Stage(1);
        Assert.Throws<PowerOffException>(() => catalog.Commit(Ranks, staged));
        syncs = skipping.Syncs;
    }

    private static void Run(RecordingFiles files, CheckpointMode mode, List<int> staged, List<int> reported)
    {
        using var gang = new Gang(files, Ranks, mode);
        gang.Start();
        for (var step = 1; step <= Steps; step++)
        {
            var ranks = gang.Stage(step);
            staged.Add(step);
            reported.Add(gang.Catalog.Commit(Ranks, ranks).WriteCount);
        }
    }

    /// <summary>What is wrong with a disk after a crash, or null.</summary>
    private static string? Violation(RecordingFiles files, CheckpointMode mode, int reported, int staged)
    {
        using var gang = new Gang(files, Ranks, mode, process: 2);
        var session = gang.Start();
        var count = session?.WriteCount ?? 0;
        if (count < reported || count > staged)
        {
            return $"session {reported} was reported and {staged} was staged; session {count} was restored "
                + string.Join("; ", gang.Warnings.Select(w => w.Defect));
        }

        if ((gang.Restored() ?? 0) != count)
        {
            return $"session {count} was restored with the values of step {gang.Restored()}";
        }

        var next = gang.Commit(count + 1);
        var listed = gang.Catalog.Read().Sessions;
        if (listed.Count == 0 || listed[^1].Id != next.Id)
        {
            return "the next session is not the newest";
        }

        var oldest = mode == CheckpointMode.Append ? 1 : Math.Max(count, 1);
        var expected = Enumerable.Range(oldest, count + 2 - oldest);
        return listed.Select(s => s.WriteCount).SequenceEqual(expected)
            ? null
            : $"the sessions are {string.Join(", ", listed.Select(s => s.WriteCount))}";
    }
}
