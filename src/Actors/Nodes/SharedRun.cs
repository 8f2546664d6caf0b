using System.Security.Cryptography;
using System.Text;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Nodes;

/// <summary>
/// A run that several nodes work on: its folder is marked with the run's id from the opening to the closing, and a process holds the lock
/// only while it opens or closes the run.
/// </summary>
internal sealed class SharedRun : INodeRun
{
    private const int DigestCharacters = 12;
    private readonly Lock _lock = new();
    private readonly PreparedRun _prepared;
    private readonly LauncherChoice _launcher;
    private RunContext? _parts;

    private SharedRun(PreparedRun prepared, RunEventRouter observer, LauncherChoice launcher) =>
        (_prepared, Observer, _launcher) = (prepared, observer, launcher);

    public RunEventRouter Observer { get; }

    /// <summary>Reads the initial condition and, if the ranks are in this process, loads the model.</summary>
    public static SharedRun Load(string id, string text, bool fresh, string cluster, LauncherChoice launcher, IRunObserver node)
    {
        var observer = new RunEventRouter(node);
        var spec = RunSpecJson.Read(text, $"the spec of {id}");
        var options = new RunOptions { Fresh = fresh, Owner = Owner(id, text, cluster), StepsElsewhere = launcher.StartsProcesses(spec) };
        return new SharedRun(PreparedRun.Create(spec, options, observer), observer, launcher);
    }

    public IReadOnlyList<BatchOnDisk> Open()
    {
        using var open = _prepared.Open();
        return OpenedRuns.Found(open);
    }

    public (RunContext Run, Props Launcher) Attach()
    {
        lock (_lock)
        {
            _parts ??= _prepared.Rejoin();
            return (_parts, _launcher.Of(_parts));
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

    /// <summary>Identifies the run by its id and a digest of its spec; the cluster's name is for people.</summary>
    private static string Owner(string id, string spec, string cluster)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(spec)))[..DigestCharacters];
        return $"run {id} ({digest}) of {cluster}";
    }
}

/// <summary>Actions on a run's folder, independent of its owner.</summary>
internal static class OpenedRuns
{
    /// <summary>The batches of the run, with the highest epoch on disk of each.</summary>
    public static IReadOnlyList<BatchOnDisk> Found(OpenRun open) =>
        [.. open.Look().Select(found => new BatchOnDisk(found.Batch, found.Epoch, found.HasEnded))];

    /// <summary>Ends a run by its batches' states, not by what was requested: a cancel may come after the last batch ended.</summary>
    public static RunResult Finish(OpenRun open, ClosingGrant grant) => open.Finish(
        grant.Steps, [.. grant.Failures.Select(f => (f.Batch, (Exception)new BatchFailedException(f.Error)))], grant.Unfinished.Count > 0,
        grant.Members);
}
