using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;
using Cairn.Storage.Tests.Sessions;
using Xunit.Abstractions;

namespace Cairn.Storage.Tests.Faults;

/// <summary>A writer is stopped before some call of a commit, its upkeep included, for as long as a newer epoch needs to begin and to
/// commit; then it wakes up and goes on. Nothing of what it does may be selected, or take anything from the newer one.</summary>
public sealed class StaleWriterTests(ITestOutputHelper log)
{
    private const int Seed = 20261126;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_writer_stopped_anywhere_wakes_up_to_no_effect(int ranks) => Wake(ranks, times: 12);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Category", "Soak")]
    public void Five_hundred_writers_stopped_anywhere_wake_up_to_no_effect(int ranks) => Wake(ranks, times: 500);

    private void Wake(int ranks, int times)
    {
        var calls = Calls(ranks);
        var fenced = 0;
        for (var time = 0; time < times; time++)
        {
            var random = new Random(Seed + time);
            // Steps in turn, so that many wakings leave none out by chance.
            var call = time * 7 % calls;
            var mode = time / calls % 2 == 0 ? CheckpointMode.Overwrite : CheckpointMode.Append;
            var what = $"seed {Seed + time}, {ranks} ranks, {mode}, stopped before call {call} of {calls}";
            try
            {
                fenced += Wake(ranks, mode, call, random) ? 1 : 0;
            }
            catch (Exception e) when (e is ViolationException or CairnException)
            {
                Assert.Fail($"{what}: {e.Message}");
            }
        }

        log.WriteLine($"{ranks} ranks: {times} wakings, {calls} calls of a commit, {fenced} times fenced at once");
    }

    private static int Calls(int ranks)
    {
        var pausing = new PausingFiles(new RecordingFiles());
        using var writer = Writer.Start(ranks, CheckpointMode.Overwrite, pausing, 1);
        writer.Commit(1);
        writer.Commit(2);
        pausing.PauseBefore(int.MaxValue, () => { });
        writer.Commit(3);
        return pausing.Calls;
    }

    private static bool Wake(int ranks, CheckpointMode mode, int call, Random random)
    {
        var files = new RecordingFiles();
        var pausing = new PausingFiles(files);
        using var old = Writer.Start(ranks, mode, pausing, 1);
        old.Commit(1);
        old.Commit(2);
        Writer? newer = null;
        var commits = random.Next(3);
        pausing.PauseBefore(call, () =>
        {
            newer = Writer.Start(ranks, mode, files, 2);
            for (var i = 1; i <= commits; i++)
                newer.Commit(10 + i);
        });
        var noticed = !TryCommit(old, 3, out var reported);
        // In append mode there are fewer calls: what did not come by now must not come later, when nobody expects it.
        pausing.PauseBefore(int.MaxValue, () => { });
        using var begun = newer ?? Writer.Start(ranks, mode, files, 2);
        newer = begun;
        ViolationException.ThrowIf(reported && newer.From != 3, $"3 was reported, and the newer epoch began from {newer.From}");
        Inspect(files, newer, begun.Newest > 10 ? commits : 0);
        newer.Commit(20);
        Inspect(files, newer, 1);
        ViolationException.ThrowIf(!IsFenced(old), "the old writer was not fenced");
        Inspect(files, newer, 1);
        using var third = Writer.Start(ranks, mode, files, 3);
        ViolationException.ThrowIf(third.From != 20, $"the third epoch began from {third.From}");
        return noticed;
    }

    private static bool TryCommit(Writer writer, int step, out bool reported)
    {
        reported = false;
        try
        {
            writer.Commit(step);
            return reported = true;
        }
        catch (Exception e) when (e is FencedException or DurableIOException or DataException)
        {
            // Fenced; or its staging had been swept away under it, which stops it as well.
            return false;
        }
    }

    private static bool IsFenced(Writer writer)
    {
        try
        {
            writer.Commit(4);
            return false;
        }
        catch (FencedException)
        {
            return true;
        }
    }

    /// <summary>The newer writer's sessions, and only those and what it began from, are there, whole, and listed.</summary>
    private static void Inspect(RecordingFiles files, Writer newer, int commits)
    {
        var sessions = newer.Sessions(files);
        ViolationException.ThrowIf(
            sessions.Count == 0 || sessions[^1].Step != newer.Newest || sessions.Any(s => s.Epoch < 2 && s.Step > newer.From),
            $"the sessions are {string.Join(", ", sessions)} where {newer.Newest} is the newest, begun from {newer.From}");
        foreach (var root in newer.Roots)
        {
            var rows = OriginalReader.Rows(files, root).Select(r => r.WriteCount).ToList();
            ViolationException.ThrowIf(
                commits > 0 && rows.LastOrDefault() != sessions[^1].WriteCount, $"{root} lists {string.Join(", ", rows)}");
        }
    }

    /// <summary>One rank, or a gang, by the same few words.</summary>
    private sealed class Writer : IDisposable
    {
        private readonly Gang? _gang;
        private readonly CheckpointSession? _session;
        private readonly WindState? _state;
        private readonly TestCatalog? _catalog;

        private Writer(int ranks, CheckpointMode mode, IDurableFiles files, int process)
        {
            Ranks = ranks;
            if (ranks > 1)
            {
                _gang = new Gang(files, ranks, mode, process);
                _gang.Time.Now += TimeSpan.FromHours(process);
                _gang.Start();
                (From, Newest) = (_gang.Restored() ?? 0, _gang.Restored() ?? 0);
                return;
            }

            _catalog = new TestCatalog(files, mode, process);
            _catalog.Time.Now += TimeSpan.FromHours(process);
            var checkpoint = _catalog.Checkpoint();
            checkpoint.BeginEpoch();
            _session = checkpoint.Open();
            _state = _session.Bind(new WindState()).Value;
            (From, Newest) = (_state.Step, _state.Step);
        }

        public int Ranks { get; }

        /// <summary>The step that it began from.</summary>
        public int From { get; }
        public int Newest { get; private set; }

        public IEnumerable<string> Roots => Ranks == 1
            ? [TestCatalog.Path]
            : Enumerable.Range(0, Ranks).Select(rank => $"{Gang.Path}/{RankManifest.Folder(rank)}");

        public static Writer Start(int ranks, CheckpointMode mode, IDurableFiles files, int process) => new(ranks, mode, files, process);

        public void Commit(int step)
        {
            if (_gang is not null)
            {
                _gang.Commit(step);
            }
            else
            {
                (_state!.Step, _state.U) = (step, TestCatalog.Wind(step).U);
                _catalog!.Time.Now += TimeSpan.FromMinutes(1);
                _session!.Write(TestCatalog.LeadTime(step));
            }

            Newest = step;
        }

        public void Dispose()
        {
            _gang?.Dispose();
            _session?.Dispose();
        }

        /// <summary>What any reader finds, each verified.</summary>
        public IReadOnlyList<(int Epoch, int Step, int WriteCount)> Sessions(IDurableFiles files)
        {
            var path = Ranks == 1 ? TestCatalog.Path : Gang.Path;
            return [.. SessionCatalog.Read(path, files).Sessions.Select(s =>
            {
                ViolationException.ThrowIf(SessionVerification.Defect(files, s) is not null, $"{s.Id} does not hold");
                return (s.Epoch, (int)s.LeadTime!.Value.TotalHours, s.WriteCount);
            })];
        }
    }
}
