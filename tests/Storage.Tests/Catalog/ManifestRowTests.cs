using System.Globalization;
using System.Text;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Listings read manifests by another way than restores do: both must say the same of every manifest.</summary>
public sealed class ManifestRowTests
{
    private const int Seed = 20261122;
    private const string Directory = "/data/run/catalog/commits/commit_00000003_0001000000aa";

    [Fact]
    public void Of_any_manifest_the_row_is_what_the_whole_manifest_says_or_is_left_to_it()
    {
        var random = new Random(Seed);
        var reader = new ManifestRow();
        var (told, left, refused) = (0, 0, 0);
        for (var round = 0; round < 4000; round++)
        {
            var bytes = Sealed(StrangeManifest.Write(random, Path.GetFileName(Directory)));
            var expected = Whole(bytes);
            if (reader.Read(bytes, Directory, inFallback: false) is { } listed)
            {
                told++;
                Assert.True(
                    Describe(listed.Row) == expected,
                    $"seed {Seed}, round {round}:\n{Encoding.UTF8.GetString(bytes)}\n{Describe(listed.Row)}\n{expected}");
            }
            else
            {
                (left, refused) = (left + 1, refused + (expected is null ? 1 : 0));
            }
        }

        Assert.True(told > 1000 && left > 500 && refused > 300, $"seed {Seed}: {told} told, {left} left, {refused} of them refused");
    }

    [Fact]
    public void Manifests_as_Cairn_writes_them_need_no_other_reader()
    {
        var files = new RecordingFiles("/data");
        new TestCatalog(files).WriteRows(2, o => o with { Fingerprint = new Dictionary<string, string> { ["threads"] = "1" } });
        var rows = new TestCatalog(files).Checkpoint().Rows;
        var reader = new ManifestRow();
        foreach (var row in rows)
        {
            var bytes = files.ReadAll(row.Directory + "/manifest.json");
            Assert.Equal(Describe(Manifest(bytes, row.Directory).Row), Describe(reader.Read(bytes, row.Directory, inFallback: false)!.Row));
        }

        Assert.Same(rows[0].Fingerprint, rows[1].Fingerprint);
        Assert.Same(rows[0].CommitId, rows[1].Parent);
    }

    [Fact]
    public void Without_a_seal_that_holds_nothing_is_told()
    {
        var files = new RecordingFiles("/data");
        new TestCatalog(files).WriteRows(1);
        var row = new TestCatalog(files).Checkpoint().Rows[0];
        var bytes = files.ReadAll(row.Directory + "/manifest.json");
        bytes[Array.LastIndexOf(bytes, (byte)'1')] = (byte)'2';

        Assert.Null(new ManifestRow().Read(bytes, row.Directory, inFallback: false));
    }

    private static string? Whole(byte[] bytes)
    {
        try
        {
            return Describe(Manifest(bytes, Directory).Row);
        }
        catch (DataException)
        {
            return null;
        }
    }

    private static Manifest Manifest(byte[] bytes, string directory) => Storage.Catalog.Manifest.Parse(
        PythonJson.ReadObject(bytes, "manifest.json"), directory, inFallback: false, sealHolds: true,
        (_, _) => throw new DataException("There is no array."));

    private static byte[] Sealed(string text)
    {
        const string Start = "{\n";
        var body = text[1..];
        var crc = Crc32C.Text(Crc32C.Compute(Encoding.UTF8.GetBytes(Start + body)));
        return Encoding.UTF8.GetBytes($"{Start}  \"manifest_crc32c\": \"{crc}\",\n{body}");
    }

    private static string Describe(CheckpointRow row) => string.Join('\n',
        row.CommitId, row.Directory, row.CheckpointName, row.Mode, Value(row.Labels), Value(row.Metadata), Value(row.MetadataKeys),
        row.WriteCount, row.SavedAt, row.Rank, row.WorldSize, Value(row.StateIds), row.Epoch, row.Sequence, row.Parent,
        Value(row.Fingerprint?.ToDictionary(p => p.Key, p => (object?)p.Value)), row.SpecDigest, row.InFallback);

    /// <summary>The type belongs to the value: 1 and 1.0 restore differently.</summary>
    private static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x", CultureInfo.InvariantCulture),
        PayloadTuple tuple => $"tuple {Value(tuple.Items)}",
        IReadOnlyDictionary<string, object?> map => $"{{{string.Join(", ", map.Select(p => $"{p.Key}: {Value(p.Value)}"))}}}",
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Value))}]",
        _ => $"{value.GetType().Name} {value}",
    };
}
