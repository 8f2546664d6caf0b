using Cairn.Cli.Checkpoints;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Stores;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Diff;

/// <summary>Compares two runs: settings that shape their numbers, batches, the sessions of each batch, and fields.</summary>
internal sealed class RunComparison(Differences differences, IDurableFiles files)
{
    /// <returns>How many sessions, and how many arrays of fields, were compared.</returns>
    public (int Sessions, int Arrays) Compare(string a, string b)
    {
        var (folderA, folderB) = (Status.RunFolders.Find(a), Status.RunFolders.Find(b));
        var (inA, inB) = (Record(folderA), Record(folderB));
        Settings("spec", inA.Numerics, inB.Numerics);
        Settings("output", inA.OutputLayout, inB.OutputLayout);
        foreach (var (key, text) in Changed(inA.Fingerprint, inB.Fingerprint))
            differences.Notes.Add($"the numerics of A and B differ, so their bytes may: {key}: {text}");

        var sessions = Catalogs(CatalogPaths.Find(a), CatalogPaths.Find(b));
        return (sessions, RealPath.IsSame(folderA, folderB) ? 0 : Fields(Store(inA, folderA), Store(inB, folderB)));
    }

    /// <summary>Compares two sets of catalogs, matched by folder name.</summary>
    public int Catalogs(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var (byNameA, byNameB) = (a.ToDictionary(Name, StringComparer.Ordinal), b.ToDictionary(Name, StringComparer.Ordinal));
        var comparison = new CatalogComparison(differences);
        return differences.Common("", "catalog", byNameA.Keys, byNameB.Keys)
            .Sum(name => comparison.Compare(name, byNameA[name], byNameB[name]));
    }

    private void Settings(string where, IReadOnlyList<SpecEntry> a, IReadOnlyList<SpecEntry> b)
    {
        foreach (var (key, text) in Changed(a, b))
            differences.Add($"{where}/{key}", text);
    }

    private static IEnumerable<(string Key, string Text)> Changed(IReadOnlyList<SpecEntry> a, IReadOnlyList<SpecEntry> b)
    {
        foreach (var key in a.Concat(b).Select(e => e.Key).Distinct(StringComparer.Ordinal))
        {
            var (inA, inB) = (a.FirstOrDefault(e => e.Key == key)?.Value, b.FirstOrDefault(e => e.Key == key)?.Value);
            if (inA != inB)
                yield return (key, $"A has {inA ?? "none"}, B has {inB ?? "none"}");
        }
    }

    private int Fields(string? a, string? b)
    {
        var (thereA, thereB) = (a is not null && FieldStoreKinds.IsStore(a), b is not null && FieldStoreKinds.IsStore(b));
        if (thereA != thereB)
        {
            differences.Add("fields", $"{(thereA ? "A" : "B")} has a field store, {(thereA ? "B" : "A")} has none");
        }
        else if (thereA)
        {
            return RealPath.IsSame(a!, b!)
                ? throw new SpecException($"A and B name one field store, {a}, so that their fields cannot be compared. Name the store "
                    + "that belongs to each, or the catalogs of both.")
                : new StoreComparison(differences, files).Compare("fields", a!, b!);
        }
        else if (a is not null && b is not null)
        {
            differences.Add("fields", $"there is neither {a} of A nor {b} of B");
        }

        return 0;
    }

    /// <summary>The path of a run's field store, which need not exist; null if the run writes none or has dropped it.</summary>
    private string? Store(RunRecord record, string folder) =>
        RunOutputs.Store(record, folder, files) is { } store && (record.Spec.Output.KeepMembers || FieldStoreKinds.IsStore(store))
            ? store
            : null;

    private static RunRecord Record(string folder) => RunRecord.Read(Path.Combine(folder, RunRecord.FileName));

    /// <summary>Of a rank of a batch both: each batch of a run has a rank 0.</summary>
    private static string Name(string folder)
    {
        var (name, within) = (Path.GetFileName(folder.TrimEnd('/')), Path.GetFileName(Path.GetDirectoryName(folder.TrimEnd('/'))));
        return CatalogPaths.IsOfRank(folder) && within is not null && MemberRange.Parse(within) is not null ? $"{within}/{name}" : name;
    }
}
