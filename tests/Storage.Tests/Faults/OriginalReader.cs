using System.Text;
using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Durable;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Tests.Faults;

/// <summary>Earth2Studio's rule for reading a catalog: <c>catalog.json</c> alone where there is one that can be parsed, otherwise every
/// manifest below <c>commits/</c>. It looks at no digest, no epoch and no session, so an index is a promise that each commit in it is
/// there.</summary>
internal static class OriginalReader
{
    /// <summary>The rows that it lists, oldest first.</summary>
    /// <exception cref="ViolationException">The index is torn, or names what is not there whole.</exception>
    public static IReadOnlyList<(string CommitId, int WriteCount)> Rows(RecordingFiles files, string root)
    {
        var commits = root + "/commits";
        var found = files.DirectoryExists(root) && files.List(root).Any(e => e.Name.StartsWith("rank_", StringComparison.Ordinal))
            ? []
            : Whole(files, root);
        if (!files.FileExists(root + "/catalog.json"))
            return [.. files.List(commits).Where(e => found.ContainsKey(e.Name)).Select(e => (e.Name, found[e.Name]))];

        var rows = Entries(files.ReadAll(root + "/catalog.json"), root);
        foreach (var (id, count) in rows)
        {
            ViolationException.ThrowIf(
                !found.TryGetValue(id, out var there) || there != count, $"{root}/catalog.json names {id}, which is not there whole");
        }

        return rows;
    }

    private static List<(string CommitId, int WriteCount)> Entries(byte[] bytes, string root)
    {
        try
        {
            return [.. JObject.Parse(Encoding.UTF8.GetString(bytes))["entries"]!
                .Select(e => (e["commit_id"]!.Value<string>()!, e["write_count"]!.Value<int>()))];
        }
        catch (JsonException e)
        {
            throw new ViolationException($"{root}/catalog.json is torn: {e.Message}");
        }
    }

    /// <summary>The commits of a folder of which every byte holds.</summary>
    private static Dictionary<string, int> Whole(RecordingFiles files, string root)
    {
        var whole = new Dictionary<string, int>();
        foreach (var directory in files.List(root + "/commits").Where(e => e.IsDirectory).Select(e => $"{root}/commits/{e.Name}"))
        {
            var manifest = CommitFiles.ReadManifest(files, directory, inFallback: false);
            new CommitReader(files, manifest).Verify();
            whole[manifest.Row.CommitId] = manifest.Row.WriteCount;
        }

        return whole;
    }
}
