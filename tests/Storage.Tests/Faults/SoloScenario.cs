using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Faults;

/// <summary>One rank that commits boundary after boundary; after a fault another process goes on from what it finds.</summary>
internal sealed class SoloScenario : FaultScenario
{
    private const int NoLimit = int.MaxValue;

    public CheckpointMode Mode { get; init; } = CheckpointMode.Append;
    public int? History { get; init; }

    /// <summary>Under the runtime, each start begins an epoch.</summary>
    public bool Epochs { get; init; }

    /// <summary>Commits made before the faults begin.</summary>
    public int Prepared { get; init; }
    public int Steps { get; init; } = 2;

    private int Kept => Mode == CheckpointMode.Overwrite ? 1 : History ?? NoLimit;

    public override string ToString() =>
        $"{Mode}{(History is null ? "" : $" history {History}")}{(Epochs ? " epochs" : "")} {Steps} after {Prepared}";

    public override RecordingFiles Prepare(Told told)
    {
        if (Prepared == 0)
            return new RecordingFiles();

        var files = new RecordingFiles();
        Commit(files, told, Prepared);
        told.Process++;
        return files.CrashStates(0).Last();
    }

    public override void Run(IDurableFiles files, Told told) => Commit(files, told, Steps);

    public override void Resume(IDurableFiles files, Told told)
    {
        told.Process++;
        Commit(files, told, 1);
    }

    public override void Inspect(RecordingFiles files, Told told)
    {
        if (!files.DirectoryExists(TestCatalog.Path + "/commits"))
        {
            ViolationException.ThrowIf(told.Reported > 0, "no commit is left");
            return;
        }

        RequireWholeEpochs(files, TestCatalog.Path);
        var torn = Checkpoint.Verify(TestCatalog.Path, files).FirstOrDefault(f => f.Defect is not null);
        ViolationException.ThrowIf(torn is not null, $"a visible commit is torn: {torn?.Defect}");
        var checkpoint = Catalog(files, told);
        InspectSessions([.. checkpoint.Sessions.Select(r => r.WriteCount).Distinct()], told);
        var rows = OriginalReader.Rows(files, TestCatalog.Path);
        // The index may be one commit behind what is there, but never behind what was reported.
        ViolationException.ThrowIf(
            rows.Select(r => r.WriteCount).DefaultIfEmpty(0).Max() < told.Listed,
            $"Earth2Studio sees {string.Join(", ", rows.Select(r => r.WriteCount))}");
    }

    /// <summary>What a restart may begin from: nothing reported is missing, as far back as it is to be kept.</summary>
    private void InspectSessions(List<int> found, Told told)
    {
        var newest = found.LastOrDefault();
        ViolationException.ThrowIf(
            newest < told.Reported || newest > told.Begun, $"the newest session is {newest}");
        var kept = Math.Max(2, Kept == NoLimit ? NoLimit : Kept);
        var expected = Enumerable.Range(1, told.Reported).Reverse().Take(kept).Where(count => count > newest - kept).ToList();
        ViolationException.ThrowIf(
            expected.Exists(count => !found.Contains(count)),
            $"the sessions are {string.Join(", ", found)}; expected at least {string.Join(", ", expected)}");
    }

    private TestCatalog Disk(IDurableFiles files, Told told)
    {
        var catalog = new TestCatalog(files, Mode, told.Process);
        catalog.Time.Now += TimeSpan.FromHours(told.Process);
        return catalog;
    }

    private Checkpoint Catalog(IDurableFiles files, Told told) =>
        Disk(files, told).Checkpoint(o => o with { HistorySize = History });

    private void Commit(IDurableFiles files, Told told, int steps)
    {
        var catalog = Disk(files, told);
        var checkpoint = catalog.Checkpoint(o => o with { HistorySize = History });
        if (Epochs)
            told.BeginEpoch(checkpoint.BeginEpoch().Epoch);

        using var session = checkpoint.Open();
        var state = session.Bind(new WindState());
        RequireRestored(session, state, told);
        for (var step = session.WriteCount + 1; steps > 0; step++, steps--)
        {
            (state.Value.Step, state.Value.U) = (step, TestCatalog.Wind(step).U);
            catalog.Time.Now += TimeSpan.FromMinutes(1);
            told.Begun = Math.Max(told.Begun, step);
            told.Reported = session.Write(TestCatalog.LeadTime(step))!.WriteCount;
        }
    }

    private static void RequireRestored(CheckpointSession session, BoundState<WindState> state, Told told)
    {
        var count = session.WriteCount;
        ViolationException.ThrowIf(count < told.Reported || count > told.Begun, $"boundary {count} was restored");
        var (found, wanted) = (state.Value, TestCatalog.Wind(count));
        var whole = count == 0 ? !state.StateLoaded : found.Step == count && session.LeadTime == TimeSpan.FromHours(count)
            && found.U!.AsSpan<double>().SequenceEqual(wanted.U!.AsSpan<double>());
        ViolationException.ThrowIf(!whole, $"boundary {count} was restored with other values");
    }
}
