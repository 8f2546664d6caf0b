using Cairn.Storage.Catalog;
using Newtonsoft.Json;

namespace Cairn.Storage.Sessions;

/// <summary>Carries out <see cref="Retention.ByHand"/>. Of a session of several ranks all ranks' commits go together, the session's file
/// first. Torn rows stay, for inspection.</summary>
internal sealed class SessionPruning
{
    private readonly IDurableFiles _files;
    private readonly SessionFolder _folder;
    private readonly SessionContents _contents;
    private readonly Dictionary<string, Session> _byId;
    private readonly int _epoch;

    private SessionPruning(IDurableFiles files, SessionFolder folder)
    {
        _files = files;
        _folder = folder;
        _contents = folder.Read(reuse: false);
        _byId = _contents.All.ToDictionary(s => s.Id);
        _epoch = _contents.Epochs.Select(e => e.Epoch).DefaultIfEmpty(0).Max();
    }

    public static IReadOnlyList<PrunedItem> Run(string path, int? keep, bool dryRun, IDurableFiles files)
    {
        if (keep < 1)
            throw new SpecException($"keep is {keep}; expected at least 1.");

        var folders = CatalogInspection.Folders(path, files);
        if (!dryRun && folders.Select(f => CatalogWriter.Holder(f.Root)).FirstOrDefault(h => h is not null) is { } writer)
            throw new FencedException($"{path} is being written by {writer}. Wait for that process to end its session, then prune.");

        var root = Path.GetFullPath(path).TrimEnd('/');
        var options = new CheckpointOptions { Path = root, Files = files, Rank = 0, WorldSize = 1, Warn = static _ => { } };
        var epochs = new EpochStore(files, root, options.NewId);
        var folder = new SessionFolder(root, files, epochs, options.Warn);
        var pruning = new SessionPruning(files, folder);
        pruning.RequireWhole();
        var plan = pruning.Plan(keep);
        var clearing = new SessionClearing(folder, epochs, files, pruning._epoch, sweep: int.MaxValue);
        var found = pruning.Find(plan, clearing);
        if (!dryRun && found.Count > 0)
        {
            var going = plan.Superseded.Concat(plan.Surplus).ToHashSet();
            var kept = pruning._contents.Line.Select(s => s.Id).Where(id => !going.Contains(id)).ToHashSet();
            new SessionUpkeep(folder, epochs, files, options, [], writesAlone: folder.Ranks().Count == 0)
                .WriteIndexes(pruning._contents, kept, pruning._epoch);
            clearing.Run(pruning._contents, new RetentionPlan([.. kept], [], [.. going]), damage: false);
        }

        return found;
    }

    private void RequireWhole()
    {
        if (_contents.All.FirstOrDefault(s => s.WorldSize == 1 && s.Ranks[0].Row.WorldSize > 1) is { } part)
            throw new SpecException(
                $"{_folder.Root} is one rank's part of the sessions of {part.Ranks[0].Row.WorldSize} ranks. These are pruned together: "
                + $"prune {Path.GetDirectoryName(_folder.Root)}.");
    }

    private PrunePlan Plan(int? keep)
    {
        var sessions = _contents.All.Select(s => new RetainedSession(s.Id, Labels(s), _contents.Counting.Contains(s.Id))).ToList();
        return Retention.ByHand(sessions, keep, _contents.BasesFrom(_epoch), id => SessionVerification.Defect(_files, _byId[id]) is null);
    }

    /// <summary>A session that lost a rank has no labels; nor have sessions of several ranks.</summary>
    private static string Labels(Session session) =>
        session.Ranks.Count > 0 ? session.Ranks[0].Manifest.Labels.ToString(Formatting.None) : "{}";

    private List<PrunedItem> Find(PrunePlan plan, SessionClearing clearing) =>
    [
        .. clearing.Stale().Concat(clearing.Leftovers(_contents).Select(r => r.Row.Directory)).Select(p => Item(p, PruneReason.Stale)),
        .. plan.Superseded.SelectMany(id => Paths(id).Select(p => Item(p, PruneReason.Superseded))),
        .. plan.Surplus.SelectMany(id => Paths(id).Select(p => Item(p, PruneReason.Surplus))),
    ];

    private IEnumerable<string> Paths(string id) =>
        new[] { _byId[id].File }.OfType<string>().Concat(SessionClearing.Directories(_folder, _files, _byId[id]));

    private PrunedItem Item(string path, PruneReason reason) => new(path, reason, DurableTree.Bytes(_files, path));
}
