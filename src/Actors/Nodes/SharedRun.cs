using System.Security.Cryptography;
using System.Text;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Nodes;

/// <summary>
/// A run that several nodes work on: its folder is the run's, under whose name it stands from its opening to its closing, and no process
/// holds its lock for longer than it takes to lay it out or to end it.
/// </summary>
internal sealed class SharedRun : INodeRun
{
    private const int DigestCharacters = 12;
    private readonly Lock _lock = new();
    private readonly PreparedRun _prepared;
    private readonly RankPlaces _ranks;
    private RunContext? _parts;

    private SharedRun(PreparedRun prepared, SharedObserver observer, RankPlaces ranks) =>
        (_prepared, Observer, _ranks) = (prepared, observer, ranks);

    public SharedObserver Observer { get; }

    /// <summary>Reads the initial condition and, where the ranks are in this process, loads the model.</summary>
    /// <param name="id">The run.</param>
    /// <param name="text">Its resolved spec, JSON.</param>
    /// <param name="fresh">Whether what an earlier run left is moved aside when it is opened.</param>
    /// <param name="cluster">What people call the cluster.</param>
    /// <param name="ranks">Where its ranks are.</param>
    /// <param name="node">Tells the node's user.</param>
    /// <exception cref="CairnException">It cannot be had here.</exception>
    public static SharedRun Load(string id, string text, bool fresh, string cluster, RankPlaces ranks, IRunObserver node)
    {
        var observer = new SharedObserver(node);
        var spec = RunSpecJson.Read(text, $"the spec of {id}");
        var options = new RunOptions { Fresh = fresh, Owner = Owner(id, text, cluster), StepsElsewhere = ranks.AreElsewhere(spec) };
        return new SharedRun(PreparedRun.Create(spec, options, observer), observer, ranks);
    }

    public IReadOnlyList<BatchOnDisk> Open()
    {
        using var open = _prepared.Open();
        return OpenedRuns.Found(open);
    }

    public (RunContext Parts, Props Ranks) Attach()
    {
        lock (_lock)
        {
            _parts ??= _prepared.Rejoin();
            return (_parts, _ranks.Of(_parts));
        }
    }

    public void Close(ClosingGrant grant)
    {
        using var open = _prepared.Open(closing: true);
        var others = grant.Failures.Select(f => f.Batch).Concat(grant.Unfinished).ToHashSet();
        open.Settle([.. open.Work.Where(batch => !others.Contains(batch) && !(batch.First >= grant.Members))]);
        OpenedRuns.Finish(open, grant);
        open.Release();
    }

    public ValueTask DisposeAsync()
    {
        _prepared.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The run with a digest of its spec, by which all nodes know it, and the cluster as this node calls it, for people.</summary>
    private static string Owner(string id, string spec, string cluster)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(spec)))[..DigestCharacters];
        return $"run {id} ({digest}) of {cluster}";
    }
}

/// <summary>Actions on a run's folder, independent of its owner.</summary>
internal static class OpenedRuns
{
    /// <summary>The batches that there is anything to do for, with the highest epoch on disk of each.</summary>
    public static IReadOnlyList<BatchOnDisk> Found(OpenRun open) =>
        [.. open.Look().Select(found => new BatchOnDisk(found.Batch, found.Epoch, found.HasEnded))];

    /// <summary>Ends a run by what its batches came to, and not by what was asked for: a cancel may come when all is done.</summary>
    public static RunResult Finish(OpenRun open, ClosingGrant grant) => open.Finish(
        grant.Steps, [.. grant.Failures.Select(f => (f.Batch, (Exception)new BatchFailedException(f.Error)))], grant.Unfinished.Count > 0,
        grant.Members);
}
