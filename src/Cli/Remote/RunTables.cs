using System.Globalization;
using System.Text;
using System.Xml;
using Cairn.Actors.Runs;
using Cairn.Api.Wire;
using Cairn.Cli.Run;
using Cairn.Cli.Tables;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Words;

namespace Cairn.Cli.Remote;

/// <summary>Runs, batches and nodes as tables.</summary>
internal static class RunTables
{
    private const int MostShown = 20;

    public static string Overview(RunPage runs, NodePage nodes)
    {
        var text = new StringBuilder();
        if (runs.Runs.Count == 0)
            text.Append("no run was submitted yet\n");
        else
            text.Append(Runs(runs)).Append(runs.Next is null ? "" : $"the newest {runs.Runs.Count}; there are more\n");

        text.Append('\n').Append(NodeTables.Nodes(nodes));
        return text.ToString();
    }

    public static string Run(RunDetail run)
    {
        var text = new StringBuilder();
        var asked = run.EndedAt is not null ? "" : run.CancelRequested ? ", to be cancelled" : run.Paused ? ", paused" : "";
        text.Append(CultureInfo.InvariantCulture, $"run {run.Id}: {Word(run.State)}{asked}\n");
        var end = XmlConvert.ToTimeSpan(run.LastLeadTime);
        text.Append(CultureInfo.InvariantCulture, $"{Count.Of(run.Members, "member")}, to lead time {LeadTimeText.Of(end)}\n");
        text.Append(run.BegunFrom is { } begun ? begun + "\n" : "");
        text.Append(run.Pace is { } pace && run.EndedAt is null ? Pace(pace) : "");
        text.Append(run.Deadline is { } deadline ? Deadline(deadline, run.Batches) : "");

        text.Append(CultureInfo.InvariantCulture, $"submitted {Time(run.SubmittedAt)}");
        text.Append(run.EndedAt is { } ended ? $", ended {Time(ended)}\n" : "\n").Append('\n').Append(Batches(run, end));
        text.Append(Attempts(run));
        foreach (var error in run.Errors)
            text.Append(CultureInfo.InvariantCulture, $"\n{Name(error.Part, error.First, error.Last, error.Of)}: {error.Error}\n");

        return text.ToString();
    }

    /// <summary>The name of a batch, or of the run as a whole.</summary>
    public static string Name(Part? part, int? first, int? last, BatchTime? of) => part switch
    {
        null => "the run",
        Part.Members => (new MemberRange(first ?? 0, last ?? first ?? 0) with { Of = of }).ToString(),
        Part.Opening => "opening",
        _ => "closing",
    };

    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>Whether a run is complete but missed its deadline.</summary>
    public static bool IsLate(RunDetail run) => run is { State: RunState.Completed, Deadline.State: DeadlineState.Missed };

    public static int ExitCode(RunDetail run) => run.State switch
    {
        RunState.Completed when IsLate(run) => ExitCodes.Late,
        RunState.Failed => ExitCodes.Failed,
        RunState.Cancelled => ExitCodes.Stopped,
        _ => ExitCodes.Done,
    };

    private static string Runs(RunPage page)
    {
        var table = new TextTable("run", "state", "done", "running", "failed", "priority", "submitted", "ended")
        {
            Spare = ["priority", "ended", "submitted"],
        };
        foreach (var run in page.Runs)
        {
            var progress = run.Progress;
            table.Add(
                run.Id, Word(run.State), progress.Batches == 0 ? "-" : Number($"{progress.Completed}/{progress.Batches}"),
                Number($"{progress.Granted}"), Number($"{progress.Failed}"), Number($"{run.Priority}"), Time(run.SubmittedAt),
                run.EndedAt is { } ended ? Time(ended) : "-");
        }

        return table.ToString();
    }

    private static string Pace(PaceWire pace)
    {
        var left = pace.SecondsLeft is { } seconds ? LiveProgress.Clock(TimeSpan.FromSeconds(seconds)) + " left" : "time left not known";
        return string.Create(CultureInfo.InvariantCulture, $"{pace.Done:P0}, {pace.StepsPerSecond:0.#} steps/s, {left}\n");
    }

    private static string Deadline(DeadlineWire deadline, IReadOnlyList<BatchWire> batches)
    {
        var isOpen = deadline.State is DeadlineState.OnTime or DeadlineState.AtRisk;
        var expected = !isOpen ? ""
            : deadline.Expected is { } at ? $", all of them expected at {Time(at)}" : ", it is not known when all of them will be";
        var state = deadline.State switch
        {
            DeadlineState.OnTime => "on time",
            DeadlineState.AtRisk => "at risk",
            var settled => Word(settled),
        };
        var complete = Count.Of(deadline.Complete, "member");
        return string.Create(CultureInfo.InvariantCulture,
            $"deadline {Time(deadline.Due)}: {state}, {complete} complete, {deadline.Members} needed{expected}{Dropped(batches)}\n");
    }

    private static string Dropped(IReadOnlyList<BatchWire> batches)
    {
        var members = batches.Where(b => b.State == BatchState.Dropped).Sum(b => (b.Last - b.First + 1) ?? 0);
        return members == 0 ? "" : $"; {Count.Of(members, "member")} that no node had begun {(members == 1 ? "is" : "are")} dropped";
    }

    private static string Batches(RunDetail run, TimeSpan end)
    {
        var table = new TextTable("batch", "state", "lead time", "done", "epoch", "attempts", "node", "newest session")
        {
            Spare = ["epoch", "attempts", "done", "newest session"],
        };
        foreach (var batch in run.Batches)
        {
            var leadTime = (batch.LeadTime ?? batch.CommittedLeadTime) is { } reached ? XmlConvert.ToTimeSpan(reached) : (TimeSpan?)null;
            table.Add(
                Name(batch.Part, batch.First, batch.Last, batch.Of), Word(batch.State), leadTime is { } at ? LeadTimeText.Of(at) : "-",
                leadTime is { } done ? (done / end).ToString("P0", CultureInfo.InvariantCulture) : "-",
                Number($"{batch.Epoch}"), Number($"{batch.Attempts}"), batch.Node ?? "-", batch.NewestSession ?? "-");
        }

        var waits = run.Batches.Where(b => b.Waits is not null).Take(MostShown)
            .Select(b => $"{Name(b.Part, b.First, b.Last, b.Of)} waits: {b.Waits}\n");
        return table + (run.Batches.Any(b => b.Waits is not null) ? "\n" : "") + string.Concat(waits);
    }

    /// <summary>The newest attempt that ended otherwise than by completion.</summary>
    private static string Attempts(RunDetail run)
    {
        var shown = run.Attempts.Where(a => a.Outcome is not (null or AttemptOutcome.Completed))
            .OrderByDescending(a => a.EndedAt).Take(MostShown).Reverse().ToList();
        if (shown.Count == 0)
            return "";

        var table = new TextTable("attempt", "number", "node", "epoch", "ended", "how", "cause")
        {
            Spare = ["epoch", "number", "ended"], EndsInText = true,
        };
        foreach (var attempt in shown)
        {
            table.Add(
                Name(attempt.Part, attempt.First, attempt.Last, attempt.Of), Number($"{attempt.Number}"), attempt.Node,
                Number($"{attempt.Epoch}"),
                attempt.EndedAt is { } ended ? Time(ended) : "-",
                attempt.Outcome == AttemptOutcome.HandedBack ? "handed back" : Word(attempt.Outcome!.Value), attempt.Cause ?? "-");
        }

        return $"\n{table}";
    }

    internal static string Number(FormattableString text) => FormattableString.Invariant(text);

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
