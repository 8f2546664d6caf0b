using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>
/// Power fails on the whole gang after every single call, and the disk comes back in any state that POSIX allows: a session that was
/// reported reads back whole on every rank, one that was not is whole or absent.
/// </summary>
public sealed class SessionCrashTests
{
    private const int Seed = 20261122;
    private const int Steps = 2;
    private const int Ranks = 3;

    [Theory]
    [InlineData(CheckpointMode.Append)]
    [InlineData(CheckpointMode.Overwrite)]
    public void Every_crash_leaves_whole_sessions_or_none(CheckpointMode mode)
    {
        var whole = new RecordingFiles("/data");
        Run(whole, mode, [], []);
        var calls = whole.Operations.Count;
        var states = 0;
        for (var call = 0; call <= calls; call++)
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

            foreach (var after in files.CrashStates(samples: 3, Seed + (call * 1000)))
            {
                states++;
                var violation = Violation(after, mode, reported.LastOrDefault(), staged.LastOrDefault());
                Assert.True(violation is null, $"mode {mode}, call {call} of {calls}, seed {Seed + (call * 1000)}: {violation}");
            }
        }

        Assert.InRange(states, 500, int.MaxValue);
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
