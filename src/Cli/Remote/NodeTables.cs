using System.Globalization;
using System.Text;
using Cairn.Actors.Runs;
using Cairn.Api.Wire;
using Cairn.Cli.Tables;

namespace Cairn.Cli.Remote;

/// <summary>Nodes and members as tables.</summary>
internal static class NodeTables
{
    public static string Nodes(NodePage page)
    {
        if (page.Nodes.Count == 0)
            return "there is no node: start some with \"cairn worker\"\n";

        var table = new TextTable("node", "host", "state", "slots", "batches", "load", "heard", "devices", "labels")
        {
            Spare = ["load", "host", "labels", "devices"],
        };
        foreach (var node in page.Nodes)
        {
            table.Add(
                node.Id, node.Host, State(node), RunTables.Number($"{node.UsedSlots}/{node.Slots}"), RunTables.Number($"{node.Batches}"),
                node.Load is { } load ? load.ToString("F2", CultureInfo.InvariantCulture) : "-",
                RunTables.Number($"{node.SecondsSinceHeard:F0} s ago"), List(node.Devices), List(node.Labels));
        }

        return table.ToString();
    }

    /// <summary>Members, and advice about those that do not answer.</summary>
    public static string Members(MemberPage page)
    {
        if (page.Members.Count == 0)
            return "the seed has not joined a cluster yet\n";

        var table = new TextTable("member", "roles", "status", "answers");
        foreach (var member in page.Members)
        {
            var answers = member.IsSelf ? "asked" : member.IsReachable ? "yes" : "no";
            table.Add(Short(member.Address), List(member.Roles), member.Status, answers);
        }

        var text = new StringBuilder(table.ToString());
        foreach (var member in page.Members.Where(m => !m.IsReachable))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n{Short(member.Address)} does not answer. If it never will, and the cluster does not remove it by itself:\n"
                + $"  {ProgramName.Value} nodes remove {Short(member.Address)}\n");
        }

        return text.ToString();
    }

    /// <summary>HOST:PORT of an address.</summary>
    private static string Short(string address) => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    private static string State(NodeWire node) => node is { State: NodeState.Silent, SecondsSilent: { } seconds }
        ? RunTables.Number($"silent for {seconds:F0} s")
        : RunTables.Word(node.State);

    private static string List(IReadOnlyList<string> items) => items.Count == 0 ? "-" : string.Join(',', items);
}
