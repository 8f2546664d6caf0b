using System.Globalization;
using System.Text;
using System.Xml;
using Cairn.Api.Wire;
using Cairn.Cli.Tables;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Ledger;

namespace Cairn.Cli.Remote;

/// <summary>Runs, batches and nodes as tables.</summary>
internal static class RunTables
{
    public static string Overview(RunPage runs, NodePage nodes)
    {
        var text = new StringBuilder();
        if (runs.Runs.Count == 0)
        {
            text.Append("no run was submitted yet\n");
        }
        else
        {
            text.Append(Runs(runs)).Append(runs.Next is null ? "" : $"the newest {runs.Runs.Count}; there are more\n");
        }

        text.Append('\n').Append(nodes.Nodes.Count == 0 ? "no node is there: start some with \"cairn worker\"\n" : Nodes(nodes));
        return text.ToString();
    }

    public static string Run(RunDetail run)
    {
        var text = new StringBuilder();
        var asked = run.CancelRequested && run.EndedAt is null ? ", to be cancelled" : "";
        text.Append(CultureInfo.InvariantCulture, $"run {run.Id}: {Word(run.State)}{asked}\n");
        var end = run.LastLeadTime is { } last ? XmlConvert.ToTimeSpan(last) : (TimeSpan?)null;
        if (end is { } to)
        {
            text.Append(CultureInfo.InvariantCulture, $"{run.Members} members, to lead time {LeadTimeText.Of(to)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"submitted {Time(run.SubmittedAt)}");
        text.Append(run.EndedAt is { } ended ? $", ended {Time(ended)}\n" : "\n").Append('\n').Append(Batches(run, end));
        foreach (var error in run.Errors)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Name(error.Part, error.First, error.Last)}: {error.Error}\n");
        }

        return text.ToString();
    }

    /// <summary>What a batch, or the run as a whole, is called.</summary>
    public static string Name(Part? part, int? first, int? last) => part switch
    {
        null => "the run",
        Part.Members when last is { } to && to != first => string.Create(CultureInfo.InvariantCulture, $"members {first}-{to}"),
        Part.Members when last is not null => string.Create(CultureInfo.InvariantCulture, $"member {first}"),
        Part.Members => string.Create(CultureInfo.InvariantCulture, $"members {first} on"),
        Part.Opening => "opening",
        _ => "closing",
    };

    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static int ExitCode(RunState state) => state switch
    {
        RunState.Failed => ExitCodes.Failed,
        RunState.Cancelled => ExitCodes.Stopped,
        _ => ExitCodes.Done,
    };

    private static string Runs(RunPage page)
    {
        var table = new TextTable("run", "state", "done", "running", "failed", "priority", "submitted", "ended");
        foreach (var run in page.Runs)
        {
            var progress = run.Progress;
            table.Add(
                run.Id, Word(run.State), progress.Batches == 0 ? "-" : Number($"{progress.Completed}/{progress.Batches}"),
                Number($"{progress.Leased}"), Number($"{progress.Failed}"), Number($"{run.Priority}"), Time(run.SubmittedAt),
                run.EndedAt is { } ended ? Time(ended) : "-");
        }

        return table.ToString();
    }

    private static string Batches(RunDetail run, TimeSpan? end)
    {
        var table = new TextTable("batch", "state", "lead time", "done", "epoch", "attempts", "node", "newest session");
        foreach (var batch in run.Batches)
        {
            var leadTime = batch.CommittedLeadTime is { } committed ? XmlConvert.ToTimeSpan(committed) : (TimeSpan?)null;
            table.Add(
                Name(batch.Part, batch.First, batch.Last), Word(batch.State), leadTime is { } at ? LeadTimeText.Of(at) : "-",
                leadTime is { } done && end is { } to ? (done / to).ToString("P0", CultureInfo.InvariantCulture) : "-",
                Number($"{batch.Epoch}"), Number($"{batch.Attempts}"), batch.Node ?? "-", batch.NewestSession ?? "-");
        }

        return table.ToString();
    }

    private static string Nodes(NodePage page)
    {
        var table = new TextTable("node", "host", "state", "slots", "batches", "load", "heard", "devices", "labels");
        foreach (var node in page.Nodes)
        {
            table.Add(
                node.Id, node.Host, Word(node.State), Number($"{node.UsedSlots}/{node.Slots}"), Number($"{node.Leases}"),
                node.Load is { } load ? load.ToString("F2", CultureInfo.InvariantCulture) : "-",
                Number($"{node.SecondsSinceHeartbeat:F0} s ago"), List(node.Devices), List(node.Labels));
        }

        return table.ToString();
    }

    private static string List(IReadOnlyList<string> items) => items.Count == 0 ? "-" : string.Join(',', items);

    private static string Number(FormattableString text) => FormattableString.Invariant(text);

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
