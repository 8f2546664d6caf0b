using System.Text;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Nothing on disk is trusted: damage costs the session that it hit, and is named.</summary>
public sealed class CorruptionTests : IDisposable
{
    private const int Seed = 7;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void No_flipped_bit_cut_or_addition_is_ever_restored()
    {
        var whole = new RecordingFiles("/data");
        new TestCatalog(whole).WriteRows(2);
        var newest = new TestCatalog(whole).Checkpoint().Rows[1].Directory;
        var random = new Random(Seed);
        foreach (var path in whole.FilesBelow(newest))
        {
            var bytes = whole.ReadAll(path);
            for (var round = 0; round < 40; round++)
            {
                var files = new RecordingFiles("/data");
                new TestCatalog(files).WriteRows(2);
                Replace(files, path, Damage(bytes, random, round));
                var outcome = Restore(files);
                Assert.True(outcome == 1, $"seed {Seed}, {path}, round {round}: the damage went unnoticed");
            }
        }
    }

    /// <summary>A manifest with other blanks in it was taken for whole, so that damage to them went unnoticed.</summary>
    [Fact]
    public void A_sealed_manifest_with_one_more_blank_does_not_hold()
    {
        var files = new RecordingFiles("/data");
        var catalog = new TestCatalog(files);
        catalog.WriteRows(2);
        var manifest = Path.Combine(catalog.Checkpoint().Rows[1].Directory, "manifest.json");
        var text = Encoding.ASCII.GetString(files.ReadAll(manifest)).Replace("\n  \"mode\"", "\n   \"mode\"", StringComparison.Ordinal);
        Replace(files, manifest, Encoding.ASCII.GetBytes(text));

        Assert.Single(catalog.Checkpoint().Rows);
    }

    [Fact]
    public void A_file_that_a_link_replaced_is_not_followed()
    {
        var files = new RecordingFiles("/data");
        var catalog = new TestCatalog(files);
        catalog.WriteRows(2);
        var array = files.FilesBelow(catalog.Checkpoint().Rows[1].Directory).First(p => p.EndsWith(".npy", StringComparison.Ordinal));
        files.DeleteFile(array);
        files.SeedLink(array);

        using var session = catalog.Checkpoint().Open();

        Assert.Equal(1, session.WriteCount);
        Assert.Contains("symbolic link", Assert.Single(session.Skipped).Defect, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("states/602a14bb4c7024f5a9c52052", "../../commit_00000002_e12d331879c4/states/602a14bb4c7024f5a9c52052")]
    [InlineData("states/602a14bb4c7024f5a9c52052", "/etc")]
    public void A_path_that_leads_out_of_its_commit_is_refused(string path, string forged)
    {
        var catalog = Fixtures.Copy("append-3-rows", _directory.Path);
        var manifest = Directory.GetFiles(catalog, "manifest.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace($"\"{path}\"", $"\"{forged}\"", StringComparison.Ordinal));

        using var session = new Checkpoint("x", new CheckpointOptions { Path = catalog, Warn = _ => { } }).Open();

        Assert.Equal(2, session.WriteCount);
        Assert.Contains("is refused", Assert.Single(session.Skipped).Defect, StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_of_the_original_that_lost_its_end_is_noticed_by_its_shape()
    {
        var catalog = Fixtures.Copy("append-3-rows", _directory.Path);
        var array = Directory.GetFiles(catalog, "x.npy", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        File.WriteAllBytes(array, File.ReadAllBytes(array)[..^1]);

        using var session = new Checkpoint("x", new CheckpointOptions { Path = catalog, Warn = _ => { } }).Open();

        Assert.Equal(2, session.WriteCount);
        Assert.Contains("x.npy", Assert.Single(session.Skipped).Defect, StringComparison.Ordinal);
    }

    [Fact]
    public void When_everything_is_damaged_choosing_a_row_says_so_and_opening_begins_anew()
    {
        var files = new RecordingFiles("/data");
        var catalog = new TestCatalog(files);
        catalog.WriteRows(2);
        foreach (var row in catalog.Checkpoint().Rows)
        {
            var array = files.FilesBelow(row.Directory).First(p => p.EndsWith(".npy", StringComparison.Ordinal));
            Replace(files, array, [1, 2, 3]);
        }

        Assert.Contains("damaged", Assert.Throws<DataException>(() => catalog.Checkpoint().Select(-1)).Message, StringComparison.Ordinal);
        using var session = catalog.Checkpoint().Open();
        Assert.False(session.Exists);
        Assert.Equal(2, session.Skipped.Count);
    }

    [Fact]
    public void A_disk_that_refuses_for_now_is_no_damage()
    {
        var files = new RecordingFiles("/data");
        new TestCatalog(files).WriteRows(1);

        Assert.Throws<Storage.Durable.DurableIOException>(() => new TestCatalog(new RefusingFiles(files)).Checkpoint().Open());
    }

    /// <summary>The row that was restored with its own values, or 0.</summary>
    private static int Restore(RecordingFiles files)
    {
        var catalog = new TestCatalog(files);
        using var session = catalog.Checkpoint().Open();
        var state = session.Bind(new WindState()).Value;
        var row = session.WriteCount;
        var same = state.Step == row && session.LeadTime == TimeSpan.FromHours(row)
            && state.U!.AsSpan<double>().SequenceEqual(TestCatalog.Wind(row).U!.AsSpan<double>());
        return same && (row == 2 || catalog.Warnings.Count == 1) ? row : 0;
    }

    private static byte[] Damage(byte[] bytes, Random random, int round)
    {
        var at = random.Next(bytes.Length);
        var damaged = bytes.ToArray();
        damaged[at] ^= (byte)(1 << random.Next(8));
        var kind = round % 10;
        return kind switch
        {
            0 => bytes[..at],
            1 => [.. bytes, 0],
            _ => damaged,
        };
    }

    private static void Replace(RecordingFiles files, string path, byte[] bytes)
    {
        files.DeleteFile(path);
        files.Seed(path, bytes);
    }

    private sealed class RefusingFiles(RecordingFiles inner) : PassingFiles(inner)
    {
        public override Stream OpenRead(string path) => path.EndsWith(".npy", StringComparison.Ordinal)
            ? throw new Storage.Durable.DurableIOException("open", path, 116, "Stale file handle")
            : base.OpenRead(path);
    }
}
