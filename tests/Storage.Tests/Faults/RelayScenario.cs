using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.Tests.Durable;
using Cairn.Storage.Tests.Sessions;
using Xunit.Sdk;

namespace Cairn.Storage.Tests.Faults;

/// <summary>A catalog that is handed on from one number of ranks to another, and after a fault to a third.</summary>
internal sealed class RelayScenario : FaultScenario
{
    public required (int Before, int Now, int After) Ranks { get; init; }
    public CheckpointMode Mode { get; init; } = CheckpointMode.Overwrite;
    public int Steps { get; init; } = 1;

    public override string ToString() => $"{Ranks.Before} ranks, then {Ranks.Now}, then {Ranks.After} {Mode} {Steps}";

    public override RecordingFiles Prepare(Told told)
    {
        var files = new RecordingFiles();
        Commit(files, told, Ranks.Before, 2);
        told.Process++;
        return files.CrashStates(0).Last();
    }

    public override void Run(IDurableFiles files, Told told) => Commit(files, told, Ranks.Now, Steps);

    public override void Resume(IDurableFiles files, Told told)
    {
        told.Process++;
        Commit(files, told, Ranks.After, 1);
    }

    public override void Inspect(RecordingFiles files, Told told)
    {
        RequireWholeEpochs(files, Crew.Path);
        var sessions = SessionCatalog.Read(Crew.Path, files).Sessions;
        foreach (var session in sessions)
        {
            var defect = SessionVerification.Defect(files, session);
            ViolationException.ThrowIf(defect is not null, $"{session.Id} is offered, but does not hold: {defect}");
        }

        var found = sessions.Select(s => s.WriteCount).Distinct().ToList();
        var newest = found.LastOrDefault();
        ViolationException.ThrowIf(newest < told.Reported || newest > told.Begun, $"the newest session is {newest}");
        ViolationException.ThrowIf(
            newest - 1 > 0 && !found.Contains(newest - 1), $"beside {newest} there are only {string.Join(", ", found)}");
        ViolationException.ThrowIf(
            Mode == CheckpointMode.Append && found.Count != newest, $"of {newest} sessions there are {string.Join(", ", found)}");
    }

    private void Commit(IDurableFiles files, Told told, int ranks, int steps)
    {
        using var crew = new Crew(files, ranks, Mode, process: told.Process);
        crew.Time.Now += TimeSpan.FromHours(told.Process);
        var count = crew.Start()?.WriteCount ?? 0;
        told.BeginEpoch(crew.Catalog.Epoch);
        ViolationException.ThrowIf(count < told.Reported || count > told.Begun, $"boundary {count} was restored");
        try
        {
            ViolationException.ThrowIf(crew.Restored() != count, $"boundary {count} was restored with another's values");
        }
        catch (XunitException e)
        {
            throw new ViolationException($"boundary {count} was restored with other values: {e.Message}");
        }

        for (var step = count + 1; steps > 0; step++, steps--)
        {
            // With one rank the rename of its commit is the commit point.
            told.Begun = ranks == 1 ? step : told.Begun;
            var rows = crew.Stage(step);
            told.Begun = Math.Max(told.Begun, step);
            _ = ranks == 1 ? null : crew.Commit(rows);
            told.Reported = step;
        }
    }
}
