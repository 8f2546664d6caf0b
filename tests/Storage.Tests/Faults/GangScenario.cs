using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.Tests.Durable;
using Cairn.Storage.Tests.Sessions;
using Xunit.Sdk;

namespace Cairn.Storage.Tests.Faults;

/// <summary>Ranks that commit sessions together; after a fault another gang goes on from what it finds.</summary>
internal sealed class GangScenario : FaultScenario
{
    private const int NoLimit = int.MaxValue;

    public int Ranks { get; init; } = 2;
    public CheckpointMode Mode { get; init; } = CheckpointMode.Append;
    public int? History { get; init; }
    public int Prepared { get; init; }
    public int Steps { get; init; } = 1;

    private int Kept => Mode == CheckpointMode.Overwrite ? 1 : History ?? NoLimit;

    public override string ToString() =>
        $"{Ranks} ranks {Mode}{(History is null ? "" : $" history {History}")} {Steps} after {Prepared}";

    public override RecordingFiles Prepare(Told told)
    {
        var files = new RecordingFiles();
        if (Prepared > 0)
        {
            Commit(files, told, Prepared);
            told.Process++;
        }

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
        RequireWholeEpochs(files, Sessions.Gang.Path);
        using var gang = Gang(files, told);
        var sessions = gang.Catalog.Read().Sessions;
        foreach (var session in sessions)
            ViolationException.ThrowIf(
                SessionVerification.Defect(files, session) is not null, $"{session.Id} is offered, but does not hold");

        var found = sessions.Select(s => s.WriteCount).Distinct().ToList();
        var newest = found.LastOrDefault();
        ViolationException.ThrowIf(newest < told.Reported || newest > told.Begun, $"the newest session is {newest}");
        var kept = Math.Max(2, Kept == NoLimit ? NoLimit : Kept);
        var expected = Enumerable.Range(1, told.Reported).Reverse().Take(kept).Where(count => count > newest - kept).ToList();
        ViolationException.ThrowIf(
            expected.Exists(count => !found.Contains(count)),
            $"the sessions are {string.Join(", ", found)}; expected at least {string.Join(", ", expected)}");
        InspectIndexes(files, told);
    }

    private void InspectIndexes(RecordingFiles files, Told told)
    {
        for (var rank = 0; rank < Ranks; rank++)
        {
            var root = $"{Sessions.Gang.Path}/{RankManifest.Folder(rank)}";
            // Before the first session there is no index, and Earth2Studio sees what the ranks have staged.
            if (told.Reported > 0)
            {
                var rows = OriginalReader.Rows(files, root).Select(r => r.WriteCount).ToList();
                ViolationException.ThrowIf(
                    rows.DefaultIfEmpty(0).Max() < told.Listed, $"Earth2Studio sees {string.Join(", ", rows)} of rank {rank}");
            }
        }
    }

    private Gang Gang(IDurableFiles files, Told told) => new(files, Ranks, Mode, told.Process, historySize: History);

    private void Commit(IDurableFiles files, Told told, int steps)
    {
        using var gang = Gang(files, told);
        gang.Time.Now += TimeSpan.FromHours(told.Process);
        var count = gang.Start()?.WriteCount ?? 0;
        told.BeginEpoch(gang.Catalog.Epoch);
        ViolationException.ThrowIf(count < told.Reported || count > told.Begun, $"boundary {count} was restored");
        try
        {
            ViolationException.ThrowIf((gang.Restored() ?? 0) != count, $"boundary {count} was restored with another's values");
        }
        catch (XunitException e)
        {
            throw new ViolationException($"boundary {count} was restored with other values: {e.Message}");
        }

        for (var step = count + 1; steps > 0; step++, steps--)
        {
            var ranks = gang.Stage(step);
            told.Begun = Math.Max(told.Begun, step);
            told.Reported = gang.Catalog.Commit(Ranks, ranks).WriteCount;
        }
    }
}
