using System.Diagnostics.Metrics;
using System.Text.Json;
using Cairn.Actors.Runs;
using Cairn.Api.Server;

namespace Cairn.Api.Telemetry;

/// <summary>
/// The registry's figures about runs, batches and nodes, as gauges of a seed. The registry, which may be at another seed, is asked before
/// each reading; old values are not reported.
/// </summary>
internal sealed class RegistryGauges
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Cairn.Registry";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3), Stale = TimeSpan.FromMinutes(1);
    private readonly RegistryLink _registry;
    private volatile Answer? _answer;

    public RegistryGauges(IMeterFactory meters, RegistryLink registry)
    {
        _registry = registry;
        var meter = meters.Create(MeterName);
        _ = meter.CreateObservableGauge(
            "cairn.registry.answers", () => Newest is null ? 0 : 1, null, "Whether the registry of runs answers this seed.");
        States(meter, "cairn.runs", "{run}", "Runs by where they stand.", f => f.Runs);
        States(meter, "cairn.batches", "{batch}", "Batches of members of the runs that have not ended, by where they stand.",
            f => f.Batches);
        States(meter, "cairn.nodes", "{node}", "Nodes by where they stand.",
            f => f.Nodes.GroupBy(n => n.State).ToDictionary(g => g.Key, g => (long)g.Count()));
        Gauge(meter, "cairn.slots", "{slot}", "Slots of the nodes that live.", f => [new(Live(f).Sum(n => n.Node.Slots))]);
        Gauge(meter, "cairn.slots.used", "{slot}", "Those of them that are taken.", f => [new(Live(f).Sum(n => n.UsedSlots))]);
        Count(meter, "cairn.grants", "{grant}", "Batches, openings and closings that were granted, since the registry began.",
            f => f.Grants);
        Count(meter, "cairn.reports", "{report}", "Reports that were taken, since the registry began.", f => f.Reports);
        Nodes(meter);
        Runs(meter);
    }

    private RegistryFigures? Newest =>
        _answer is { } answer && TimeProvider.System.GetElapsedTime(answer.At) < Stale ? answer.Figures : null;

    /// <summary>Asks the registry. If it does not answer soon, a gauge says so and its figures are omitted.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            var figures = await _registry.AskAsync<RegistryFigures>(new TakeFigures(), limit.Token).ConfigureAwait(false);
            _answer = new Answer(figures, TimeProvider.System.GetTimestamp());
        }
        catch (Exception e) when (e is TransientException or AskTimeoutException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            _answer = null;
        }
    }

    private void Nodes(Meter meter)
    {
        static KeyValuePair<string, object?> Of(NodeRow node) => new("node", node.Node.Id);
        Gauge(meter, "cairn.node.slots", "{slot}", "Slots of a node that lives.",
            f => Live(f).Select(n => new Measurement<double>(n.Node.Slots, Of(n))));
        Gauge(meter, "cairn.node.slots.used", "{slot}", "Those of them that are taken.",
            f => Live(f).Select(n => new Measurement<double>(n.UsedSlots, Of(n))));
        Gauge(meter, "cairn.node.load", null, "The load average over a minute of a node's machine.",
            f => from n in Live(f) where n.Load is not null select new Measurement<double>(n.Load!.Value, Of(n)));
    }

    private void Runs(Meter meter)
    {
        static KeyValuePair<string, object?> Of(RunFigures run) => new("run", run.Id);
        Gauge(meter, "cairn.run.lead_time", "s", "Lead time that all batches of a run have reached, but for those that failed.",
            f => f.Progress.Select(r => new Measurement<double>(r.LeadTime.TotalSeconds, Of(r))));
        Gauge(meter, "cairn.run.done.ratio", "1", "The part of a run's lead times that is behind it, over all batches.",
            f => f.Progress.Select(r => new Measurement<double>(r.Done, Of(r))));
        Gauge(meter, "cairn.run.steps", "{step}/s", "Model steps of a run's batches, as they last said.",
            f => f.Progress.Select(r => new Measurement<double>(r.StepsPerSecond, Of(r))));
        Gauge(meter, "cairn.run.deadline.spare", "s", "Time from when a run's members are expected to be complete to its deadline.",
            f => f.Progress.Where(r => r.DeadlineSpare is not null)
                .Select(r => new Measurement<double>(r.DeadlineSpare!.Value.TotalSeconds, Of(r))));
        Gauge(meter, "cairn.run.session.age", "s",
            "Time since the newest session of the batch under way that has gone without one for the longest.",
            f => f.Progress.Where(r => r.SessionAge is not null)
                .Select(r => new Measurement<double>(r.SessionAge!.Value.TotalSeconds, Of(r))));
    }

    private static IEnumerable<NodeRow> Live(RegistryFigures figures) =>
        figures.Nodes.Where(n => n.State is NodeState.Up or NodeState.Draining);

    // Every state is reported, so that the count of an empty state goes to zero instead of disappearing.
    private void States<T>(
        Meter meter, string name, string unit, string description, Func<RegistryFigures, IReadOnlyDictionary<T, long>> of)
        where T : struct, Enum => Gauge(meter, name, unit, description, figures =>
        {
            var counts = of(figures);
            return Enum.GetValues<T>().Select(state => new Measurement<double>(
                counts.GetValueOrDefault(state), KeyValuePair.Create("state", (object?)Word(state))));
        });

    private void Gauge(
        Meter meter, string name, string? unit, string description, Func<RegistryFigures, IEnumerable<Measurement<double>>> of) =>
        _ = meter.CreateObservableGauge(name, () => Newest is { } figures ? of(figures) : [], unit, description);

    private void Count(Meter meter, string name, string unit, string description, Func<RegistryFigures, long> of) =>
        _ = meter.CreateObservableCounter<long>(name, () => Newest is { } figures ? [new(of(figures))] : [], unit, description);

    private static string Word<T>(T state)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    private sealed record Answer(RegistryFigures Figures, long At);
}
