using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.Tests.Durable;
using Cairn.Storage.Tests.Sessions;

namespace Cairn.Storage.Tests.Faults;

/// <summary>A writer is stopped before some call of a commit, its upkeep included, while a newer epoch of another number of ranks begins
/// and commits; then it wakes up. What it clears away lies in other folders than its own, and must all the same be nothing of the newer
/// one's.</summary>
public sealed class StaleRelayTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [Trait("Category", "Soak")]
    public void A_writer_stopped_before_any_call_takes_nothing_from_a_newer_one(int older, int newer) =>
        Wake(older, newer, Enumerable.Range(0, Calls(older)));

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public void A_writer_stopped_anywhere_takes_nothing_from_a_newer_one_of_another_number_of_ranks(int older, int newer)
    {
        var calls = Calls(older);
        Wake(older, newer, Enumerable.Range(0, 14).Select(time => (time * calls / 14) + (time % 3)));
    }

    private static void Wake(int older, int newer, IEnumerable<int> calls)
    {
        foreach (var call in calls)
        {
            try
            {
                Wake(older, newer, call, commits: call % 3);
            }
            catch (Exception e) when (e is ViolationException or CairnException)
            {
                Assert.Fail($"{older} ranks, then {newer}, stopped before call {call}: {e.Message}");
            }
        }
    }

    /// <summary>The first process has another number of ranks, so that the one that is stopped has something of it to clear away.</summary>
    private static Crew Begun(int ranks, IDurableFiles files)
    {
        using (var first = new Crew(files, ranks == 1 ? 2 : 1, CheckpointMode.Overwrite))
        {
            first.Start();
            first.Commit(1);
        }

        var crew = new Crew(files, ranks, CheckpointMode.Overwrite, process: 2);
        crew.Start();
        crew.Commit(2);
        return crew;
    }

    private static int Calls(int ranks)
    {
        var pausing = new PausingFiles(new RecordingFiles());
        using var writer = Begun(ranks, pausing);
        pausing.PauseBefore(int.MaxValue, () => { });
        writer.Commit(3);
        return pausing.Calls;
    }

    private static void Wake(int older, int newer, int call, int commits)
    {
        var files = new RecordingFiles();
        var pausing = new PausingFiles(files);
        using var old = Begun(older, pausing);
        Crew? next = null;
        var from = 0;
        pausing.PauseBefore(call, () => (next, from) = Newer(files, newer, commits));
        var reported = TryCommit(old, 3);
        pausing.PauseBefore(int.MaxValue, () => { });
        if (next is null)
            (next, from) = Newer(files, newer, commits);

        using var begun = next;
        ViolationException.ThrowIf(from is not (2 or 3), $"the newer epoch began from {from}");
        ViolationException.ThrowIf(reported && from != 3, $"3 was reported, and the newer epoch began from {from}");
        next.Commit(20);
        ViolationException.ThrowIf(TryCommit(old, 4), "the old writer was not fenced");
        using var third = new Crew(files, older, CheckpointMode.Overwrite, process: 4);
        third.Start();
        ViolationException.ThrowIf(third.Restored() != 20, "the third epoch did not begin from the newest session");
        ViolationException.ThrowIf(
            third.Catalog.Read().Sessions.Any(s => SessionVerification.Defect(files, s) is not null), "a session does not hold");
        ViolationException.ThrowIf(third.Catalog.Read().Sessions.Count < 2, "there is no older session beside the newest");
    }

    private static (Crew Crew, int From) Newer(RecordingFiles files, int ranks, int commits)
    {
        var crew = new Crew(files, ranks, CheckpointMode.Overwrite, process: 3);
        crew.Start();
        var from = crew.Restored();
        Enumerable.Range(11, commits).ToList().ForEach(step => crew.Commit(step));
        return (crew, from);
    }

    private static bool TryCommit(Crew crew, int step)
    {
        try
        {
            crew.Commit(step);
            return true;
        }
        catch (Exception e) when (e is FencedException or DurableIOException or DataException)
        {
            // Fenced; or its staging had been swept away under it, which stops it as well.
            return false;
        }
    }
}
