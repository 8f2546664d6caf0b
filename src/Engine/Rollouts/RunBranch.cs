using Cairn.Engine.Models.Onnx;
using Cairn.Hocon;

namespace Cairn.Engine.Rollouts;

/// <summary>Starts a new run from a session of an old one. Sessions and fields up to there get second names in the new run's folder (hard
/// links); from there on it is a run of its own, which may have another model, other settings of it, or more lead times.</summary>
public static class RunBranch
{
    /// <summary>The spec of a branch, in its folder.</summary>
    public const string SpecName = "spec.conf";

    /// <summary>Makes the branch; <c>cairn run</c> with the spec that it returns goes on from there.</summary>
    /// <param name="run">The old run's checkpoint folder.</param>
    /// <param name="point">Where to start, see <see cref="BranchPoint"/>.</param>
    /// <param name="destination">The new run's folder: not there yet, or empty, on the same file system.</param>
    /// <param name="overrides">Settings that differ, each <c>key=value</c>.</param>
    /// <param name="options">How to carry it out.</param>
    /// <returns>The path of the new run's spec, and the lead time that it starts from.</returns>
    /// <exception cref="SpecException">There is no such session, or the branch would differ in what it has inherited.</exception>
    /// <exception cref="DataException">The old run is damaged there.</exception>
    public static (string Spec, TimeSpan LeadTime) Create(
        string run, string point, string destination, IReadOnlyList<string> overrides, RunOptions options) =>
        Create(run, point, destination, overrides, options, spec => PreparedRun.Create(spec, options, new RunObservers()));

    /// <summary>The same with a run that the caller prepares.</summary>
    internal static (string Spec, TimeSpan LeadTime) Create(
        string run, string point, string destination, IReadOnlyList<string> overrides, RunOptions options,
        Func<RunSpec, PreparedRun> prepare)
    {
        var old = RunRecord.Read(Path.Combine(run, RunRecord.FileName));
        var target = Path.GetFullPath(destination);
        if (options.Files.FileExists(target) || options.Files.List(target).Count > 0)
            throw new SpecException($"{target} exists already and is not empty. Name a folder that does not exist yet.");
        if (DerivedRecord.Read(options.Files, run, old.Folder) is { MembersDropped: true })
            throw new SpecException($"{run} has dropped its members' fields (output.keep-members = false), which a branch would inherit. "
                + "Branch from a run that keeps them.");
        _ = RunOutputs.Store(old, run, options.Files);
        RequireWhole(run, old, options.Files);
        var schedule = BoundarySchedule.Of(old.Spec);
        var sessions = Sessions(run, old, schedule, options.Files);
        var boundary = BranchPoint.Choose(
            point, [.. sessions.Select(batch => batch.Select(s => (s.Row.CommitId, s.Boundary)).ToList())], schedule.LeadTime);
        var spec = Spec(old, target, overrides);
        using var host = prepare(spec);
        RequireInherited(old, host.Record, boundary);

        var leadTime = schedule.LeadTime(boundary);
        var origin = $"{old.Spec.Name} at lead time {LeadTimeText.Of(leadTime)}";
        var record = host.Record with
        {
            Batches = old.Batches,
            BranchedFrom = $"{origin} ({Path.GetFullPath(run)})",
            Provenance = host.Record.Provenance!.BranchOf($"{origin}, spec sha256:{old.Digest}"),
        };
        try
        {
            LinkFields(old.Spec, spec, host.Layout with { Provenance = record.Provenance }, BoundarySchedule.Of(spec), boundary, options);
            foreach (var (batch, found) in old.Batches.Zip(sessions))
            {
                var row = found.Last(s => s.Boundary == boundary).Row;
                CatalogBranch.Create(
                    Path.Combine(run, batch.FolderName), row, Path.Combine(spec.Checkpoint.Path, batch.FolderName), options.Files);
            }
            // The record comes last: a folder without one is no run.
            var text = RecordJson.Bytes(RunSpecJson.Write(spec), RecordJson.Indented);
            RecordJson.Replace(options.Files, Path.Combine(target, SpecName), text);
            RecordJson.Replace(options.Files, Path.Combine(spec.Checkpoint.Path, RunRecord.FileName), record.ToBytes());
        }
        catch (CairnException e)
        {
            _ = DurableTree.DeleteTree(options.Files, target);
            throw e is DurableIOException { OtherFileSystem: true } ? OtherFileSystem(run, target, e) : e;
        }
        return (Path.Combine(target, SpecName), leadTime);
    }

    /// <summary>What a branch cannot take over yet is said before anything is made.</summary>
    private static void RequireWhole(string run, RunRecord old, IDurableFiles files)
    {
        foreach (var folder in old.Batches.Select(batch => Path.Combine(run, batch.FolderName)))
        {
            if (files.List(Path.Combine(folder, "sessions")).Count > 0)
                throw new SpecException($"{folder} has sessions of several ranks, but a branch starts from sessions of one. Run it again "
                    + "with ranks.count = 1 to branch from it; the bytes are the same.");
            if (files.FileExists(Path.Combine(folder, BatchMembers.FileName)))
                throw new SpecException($"{folder} has members that were dropped or started over ({BatchMembers.FileName}), which a "
                    + "branch cannot inherit. Branch from a run that has all its members.");
        }
    }

    private static List<List<(CheckpointRow Row, int Boundary)>> Sessions(
        string run, RunRecord old, BoundarySchedule schedule, IDurableFiles files) =>
    [
        .. old.Batches.Select(batch => new Checkpoint(old.Spec.Name, new CheckpointOptions
        {
            Path = Path.Combine(run, batch.FolderName), Rank = 0, WorldSize = 1, Files = files,
        }).Sessions
            .Where(row => row.StateIds.Contains(RolloutState.Id, StringComparer.Ordinal))
            .Select(row => (Row: row, Boundary: row.LeadTime is { } leadTime ? schedule.BoundaryAt(leadTime) : null))
            .Where(s => s.Boundary is not null)
            .Select(s => (s.Row, s.Boundary!.Value)).ToList()),
    ];

    /// <summary>The old spec in its new place, with what was asked for on top.</summary>
    private static RunSpec Spec(RunRecord old, string target, IReadOnlyList<string> overrides)
    {
        var json = RunSpecJson.Write(old.Spec);
        json["name"] = Path.GetFileName(target);
        json["checkpoint"]!["path"] = Path.Combine(target, "checkpoints");
        if (old.Spec.Output.Path is { } store)
        {
            json["output"]!["path"] = Path.Combine(target, Path.GetFileName(store));
            MoveDerived(json["output"]!, old.Spec.Output, target);
            // The old run's picture stays the old run's.
            json["output"]!["picture"] = old.Spec.Output.Picture is null ? "off" : "auto";
        }
        var source = Path.Combine(target, SpecName);
        try
        {
            var reading = new HoconOptions { Overrides = overrides, Environment = _ => null };
            var root = HoconReader.ReadText(json.ToJsonString(), source, reading);
            return RunSpecReader.Read(root, new SpecContext(source, null, Directory.GetCurrentDirectory(), null));
        }
        catch (HoconException e)
        {
            throw new SpecException(e.Message, e);
        }
    }

    /// <summary>A branch derives files of its own, and leaves those of the old run alone.</summary>
    private static void MoveDerived(JsonNode json, OutputSpec old, string target)
    {
        if (old.NetCdf is { } fields)
            json["netcdf"] = Path.Combine(target, Path.GetFileName(fields));
        if (old.Statistics is { } statistics)
            json["statistics"]!["path"] = Path.Combine(target, Path.GetFileName(statistics.Path));
    }

    /// <summary>What lies before the branch is the old run's, so only the model may differ, and what was always free to.</summary>
    private static void RequireInherited(RunRecord old, RunRecord branch, int boundary)
    {
        var differences = RunSpecComparison.Differences(old.Numerics, branch.Numerics)
            .Where(d => !d.Key.StartsWith("model.", StringComparison.Ordinal) || d.Key is "model.dtype" or OnnxNetworks.Key)
            .Concat(RunSpecComparison.Differences(old.OutputLayout, branch.OutputLayout)).ToList();
        if (old.Spec.Ensemble.Size != branch.Spec.Ensemble.Size)
            differences.Add(new SpecDifference("ensemble.size", $"{old.Spec.Ensemble.Size}", $"{branch.Spec.Ensemble.Size}"));
        if (branch.Spec.LeadTimes.Count < boundary)
            differences.Add(new SpecDifference(
                "lead-times.count", $"at least {boundary}, where the branch starts", $"{branch.Spec.LeadTimes.Count}"));
        if (differences.Count > 0)
            throw new SpecException("A branch inherits everything before it, so these must be as in the old run:\n"
                + string.Concat(differences.Select(d => $"  {d}\n"))
                + "These may differ: model.* (except dtype, and what networks cover), lead-times.count, checkpoint.*, node.* and "
                + "output.path.");
    }

    private static void LinkFields(
        RunSpec old, RunSpec spec, FieldLayout layout, BoundarySchedule schedule, int boundary, RunOptions options)
    {
        if (!spec.Output.WritesFields)
            return;
        var store = FieldStores.Open(spec, options, layout);
        var written = Enumerable.Range(0, BoundarySchedule.Of(old).OutputCount).Select(i => schedule.LeadTime(i * schedule.OutputEvery));
        var source = FieldStores.Attach(old, options, layout with { LeadTimes = [.. written], Run = null, Provenance = null });
        var outputs = schedule.OutputsThrough(boundary) / schedule.LeadTimesPerFile * schedule.LeadTimesPerFile;
        for (var output = 0; output < outputs; output += schedule.LeadTimesPerFile)
        {
            foreach (var variable in layout.Variables)
            {
                for (var member = 0; member < layout.Numbers.Count; member++)
                    store.TakeOver(source, member, output, variable.Name);
            }
        }
        CopyOpen(source, store, schedule.OpenChunk(boundary));
        store.Sync();
        store.SetCommitted([.. Enumerable.Range(0, layout.Numbers.Count)], schedule.LeadTime(boundary));
    }

    /// <summary>A file that the branch is to complete is copied as far as the branch inherits it: the old run has gone on in it.</summary>
    private static void CopyOpen(IFieldStore source, IFieldStore store, (int First, int Count) open)
    {
        foreach (var variable in store.Layout.Variables.Where(_ => open.Count > 0))
        {
            for (var member = 0; member < store.Layout.Numbers.Count; member++)
            {
                var values = source.Read(member, open.First, open.Count, variable.Name, mayLack: false);
                store.WriteChunk(member, open.First, variable.Name, values);
            }
        }
    }

    private static SpecException OtherFileSystem(string run, string target, Exception e) => new(
        $"{target} and {Path.GetFullPath(run)} are on different file systems, but a branch links the files of its run instead of copying "
        + "them. Put the branch beside the run; nothing was left behind.", e);
}
