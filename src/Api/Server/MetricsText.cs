using System.Globalization;
using System.Reflection;
using System.Text;
using Cairn.Actors.Runs;

namespace Cairn.Api.Server;

/// <summary>Writes figures in Prometheus' text format, version 0.0.4.</summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly StringBuilder _text = new();

    public static string Write(RegistryFigures registry, RequestFigures requests)
    {
        var text = new MetricsText();
        var version = typeof(MetricsText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        text.Head("cairn_build_info", "gauge", "The program.");
        text.Line("cairn_build_info", 1, ("version", version));
        text.States("cairn_runs", "Runs by where they stand.", registry.Runs);
        text.States("cairn_batches", "Batches of members by where they stand.", registry.Batches);
        text.Nodes(registry.Nodes);
        text.Head("cairn_grants_total", "counter", "Batches, openings and closings that were granted, since the registry began.");
        text.Line("cairn_grants_total", registry.Grants);
        text.Head("cairn_reports_total", "counter", "Reports that were taken, since the registry began.");
        text.Line("cairn_reports_total", registry.Reports);
        text.Head("cairn_http_requests_total", "counter", "Requests to this seed.");
        foreach (var ((method, route, status), count) in requests.Counts)
        {
            text.Line("cairn_http_requests_total", count,
                ("method", method), ("route", route), ("status", status.ToString(CultureInfo.InvariantCulture)));
        }

        text.Head("cairn_event_streams", "gauge", "Event streams that are open at this seed.");
        text.Line("cairn_event_streams", requests.Streams);
        return text._text.ToString();
    }

    // Every state is written, so that one that empties goes to zero and does not vanish.
    private void States<T>(string name, string help, IReadOnlyDictionary<T, long> counts)
        where T : struct, Enum
    {
        Head(name, "gauge", help);
        foreach (var state in Enum.GetValues<T>())
        {
            Line(name, counts.GetValueOrDefault(state), ("state", Word(state)));
        }
    }

    private void Nodes(IReadOnlyList<NodeRow> nodes)
    {
        States("cairn_nodes", "Nodes by where they stand.",
            nodes.GroupBy(n => n.State).ToDictionary(g => g.Key, g => (long)g.Count()));
        var live = nodes.Where(n => n.State is NodeState.Up or NodeState.Draining).ToList();
        Head("cairn_slots", "gauge", "Slots of the nodes that live.");
        Line("cairn_slots", live.Sum(n => n.Node.Slots));
        Head("cairn_slots_used", "gauge", "Those of them that are taken.");
        Line("cairn_slots_used", live.Sum(n => n.UsedSlots));
    }

    private void Head(string name, string type, string help) => _text.Append(
        CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private void Line(string name, double value, params (string Name, string Value)[] labels)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').AppendJoin(',', labels.Select(l => $"{l.Name}=\"{Escaped(l.Value)}\"")).Append('}');
        }

        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Word<T>(T state)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
}
