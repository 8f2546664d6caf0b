using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Faults;

/// <summary>Somebody clears up by hand: four boundaries, of which two are to stay, a session of a superseded process, and dead
/// staging.</summary>
internal sealed class PruneScenario : FaultScenario
{
    private const int Rows = 4;
    private const int Kept = 2;

    public override string ToString() => "prune by hand";

    public override RecordingFiles Prepare(Told told)
    {
        var files = new RecordingFiles();
        Write(files, told, Rows);
        files.CreateDirectory(TestCatalog.Path + "/.tmp_commit_00000009_dead_e1");
        files.CreateDirectory(TestCatalog.Path + "/.tmp_commit_00000009_dead_e1/states");
        files.Seed(TestCatalog.Path + "/.tmp_commit_00000009_dead_e1/manifest.json", [1, 2, 3]);
        files.Seed(TestCatalog.Path + "/.catalog.json.dead.tmp", [1, 2, 3]);
        (told.Reported, told.Begun) = (0, 0);
        return files.CrashStates(0).Last();
    }

    public override void Run(IDurableFiles files, Told told)
    {
        told.Begun = 1;
        Checkpoint.Prune(TestCatalog.Path, Kept, dryRun: false, files);
        told.Reported = 1;
    }

    public override void Resume(IDurableFiles files, Told told)
    {
        told.Process++;
        if (Catalog(files, told).Sessions[^1].WriteCount == Rows)
            Run(files, told);

        var before = Catalog(files, told).Sessions.Count;
        Write(files, told, 1);
        ViolationException.ThrowIf(Catalog(files, told).Sessions.Count != before + 1, "the catalog does not take another commit");
    }

    public override void Inspect(RecordingFiles files, Told told)
    {
        var torn = Checkpoint.Verify(TestCatalog.Path, files).FirstOrDefault(f => f.Defect is not null);
        ViolationException.ThrowIf(torn is not null, $"a visible commit is torn: {torn?.Defect}");
        var found = Catalog(files, told).Sessions.Select(r => r.WriteCount).ToList();
        ViolationException.ThrowIf(
            !found.Contains(Rows) || !found.Contains(Rows - 1) || (told.Reported > 0 && found.Exists(count => count <= Rows - Kept)),
            $"the sessions are {string.Join(", ", found)}");
        var seen = OriginalReader.Rows(files, TestCatalog.Path).Select(r => r.WriteCount).ToList();
        ViolationException.ThrowIf(!seen.Contains(Rows) || !seen.Contains(Rows - 1), $"Earth2Studio sees {string.Join(", ", seen)}");
    }

    private static Checkpoint Catalog(IDurableFiles files, Told told) => new TestCatalog(files, process: told.Process).Checkpoint();

    private static void Write(IDurableFiles files, Told told, int steps)
    {
        var catalog = new TestCatalog(files, process: told.Process);
        var checkpoint = catalog.Checkpoint();
        checkpoint.BeginEpoch();
        using var session = checkpoint.Open();
        var state = session.Bind(new WindState()).Value;
        for (var step = session.WriteCount + 1; steps > 0; step++, steps--)
        {
            (state.Step, state.U) = (step, TestCatalog.Wind(step).U);
            catalog.Time.Now += TimeSpan.FromMinutes(1);
            session.Write(TestCatalog.LeadTime(step));
        }
    }
}
