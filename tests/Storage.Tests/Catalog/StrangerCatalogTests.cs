using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.State;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Catalogs of kinds that the samples do not hold, written by the original (<c>strangers.py</c>, seeded): Cairn lists the same
/// rows with the same values, prints the same tables, and goes on; then the original opens that, and goes on. Skipped where
/// CAIRN_EARTH2STUDIO_CHECKPOINT does not name Earth2Studio's <c>checkpoint.py</c>.</summary>
public sealed class StrangerCatalogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static string Script => RepositoryRoot.Path("tests", "Storage.Tests", "Catalog", "strangers.py");

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void A_stranger_is_listed_printed_and_read_as_the_original_wrote_it()
    {
        foreach (var (name, told) in Strangers())
        {
            var checkpoint = Open(name, told);
            Assert.Equal((string)told["print"]!, checkpoint.ToString());
            AssertRows(name, told, checkpoint);
            Assert.All(Checkpoint.Verify((string)told["path"]!), finding => Assert.Null(finding.Defect));
        }
    }

    [SkippableFact]
    public void A_stranger_is_continued_by_Cairn_and_then_by_the_original()
    {
        var printed = new Dictionary<string, string>();
        foreach (var (name, told) in Strangers())
        {
            var checkpoint = Open(name, told);
            using (var session = checkpoint.Open())
            {
                var again = new Dictionary<string, object?>(session.Metadata) { ["by"] = "Cairn" };
                Assert.NotNull(session.Write(again) ?? session.Flush());
            }

            Assert.DoesNotContain(Directory.GetDirectories(checkpoint.RankPath), d => Path.GetFileName(d).StartsWith('.'));
            printed[name] = Open(name, told).ToString();
        }

        EarthStudio.RunFile(Script, "continue", _directory.Path);

        var seen = Read("printed.json");
        foreach (var (name, told) in Strangers(write: false))
        {
            Assert.Equal((string)seen[name]!, printed[name]);
            using var back = Open(name, told).Open();
            Assert.Equal("the original", back.Metadata["by"]);
            Assert.Equal(TimeSpan.FromHours(99), back.LeadTime);
        }
    }

    [SkippableFact]
    public void Torn_ranks_are_offered_only_where_all_of_them_agree()
    {
        _ = Strangers();
        var ahead = Checkpoint.ReadSessions(Path.Combine(_directory.Path, "one-ahead"));
        Assert.Equal([1, 2], ahead.Sessions.Select(s => s.Ranks[0].Row.WriteCount));
        Assert.Contains("Rank 1 of 2 has no row", Assert.Single(ahead.Torn).Defect, StringComparison.Ordinal);

        var apart = Checkpoint.ReadSessions(Path.Combine(_directory.Path, "other-lead-times"));
        Assert.Equal(1, Assert.Single(apart.Sessions).Ranks[0].Row.WriteCount);
        Assert.All(apart.Torn, row => Assert.Contains("lead time", row.Defect, StringComparison.Ordinal));

        Assert.Equal(2, Checkpoint.ReadSessions(Path.Combine(_directory.Path, "three-ranks")).Sessions.Count);
    }

    private static void AssertRows(string name, JObject told, Checkpoint checkpoint)
    {
        var rows = checkpoint.Rows;
        var expected = (JArray)told["rows"]!;
        Assert.Equal(expected.Select(r => (string)r["commit_id"]!), rows.Select(r => r.CommitId));
        foreach (var (row, said) in rows.Zip(expected.Cast<JObject>()))
        {
            var reader = checkpoint.Reader(row);
            var manifest = CommitFiles.ReadManifest(new PosixFiles(), row.Directory, inFallback: false);
            var metadata = manifest.Metadata.ToDictionary(m => m.Key, m => Telling.Of(m.Value, reader.MetadataArray));
            AssertSame($"{name} {row.CommitId}", (JObject)said["metadata"]!, metadata);
            foreach (var stateId in reader.StateIds)
            {
                var fields = reader.State(stateId).Fields.ToDictionary(f => f.Key, f => Telling.Of(f.Value, s => reader.Array(stateId, s)));
                AssertSame($"{name} {row.CommitId} {stateId}", (JObject)said["states"]![stateId]!, fields);
            }
        }
    }

    private static void AssertSame(string what, JObject expected, Dictionary<string, string> found)
    {
        Assert.Equal(expected.Properties().Select(p => p.Name).Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        foreach (var property in expected.Properties())
        {
            var line = found[property.Name];
            Assert.True((string)property.Value! == line, $"{what} {property.Name}:\n{property.Value}\n{line}");
        }
    }

    private static Checkpoint Open(string name, JObject told)
    {
        var options = (JObject)told["options"]!;
        return new Checkpoint(name.Split('/')[0], new CheckpointOptions
        {
            Path = (string)told["path"]!,
            Mode = (string)options["mode"]! == "append" ? CheckpointMode.Append : CheckpointMode.Overwrite,
            HistorySize = (int?)options["history"],
            Level = (int)options["level"]!,
            Rank = (int)options["rank"]!,
            WorldSize = (int)options["world_size"]!,
            Warn = warning => Assert.Fail(warning.ToString()),
        });
    }

    private List<(string Name, JObject Told)> Strangers(bool write = true)
    {
        if (write)
            EarthStudio.RunFile(Script, "write", _directory.Path);

        return [.. Read("strangers.json").Properties().Select(p => (p.Name, (JObject)p.Value))];
    }

    private JObject Read(string name) => PythonJson.ReadObject(File.ReadAllBytes(Path.Combine(_directory.Path, name)), name);
}
