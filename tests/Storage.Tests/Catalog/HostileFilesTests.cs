using System.Runtime.InteropServices;
using System.Text;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Sessions;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Whatever lies in the place of a catalog's file, opening the catalog ends, in bounded memory, with the file and its defect
/// named.</summary>
public sealed partial class HostileFilesTests : IDisposable
{
    private const long MaxAllocated = 64 << 20;
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);
    private static readonly Dictionary<string, Action<string>> Forms = new(StringComparer.Ordinal)
    {
        ["pipe"] = path => Assert.Equal(0, MakePipe(path, 0x1B6)),
        ["folder"] = path => Directory.CreateDirectory(path),
        ["link to a device"] = path => File.CreateSymbolicLink(path, "/dev/zero"),
        ["link to the file itself"] = path => File.CreateSymbolicLink(path, path + ".moved"),
        ["link to nothing"] = path => File.CreateSymbolicLink(path, "/nowhere"),
        ["huge"] = path => Fill(path, file => file.SetLength(1L << 40)),
        ["empty"] = path => File.WriteAllText(path, ""),
        ["not UTF-8"] = path => File.WriteAllBytes(path, [(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}']),
        ["byte order mark"] = path => File.WriteAllText(path, "{}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)),
        ["deep"] = path => File.WriteAllText(path, "{\"a\": " + new string('[', 1_000_000)),
        ["deep objects"] = path => File.WriteAllText(path, string.Concat(Enumerable.Repeat("{\"a\":", 200_000))),
        ["key twice"] = path => File.WriteAllText(path, "{\"version\": 1, \"version\": 1}"),
        ["huge number"] = path => File.WriteAllText(path, "{\"version\": " + new string('9', 1_000_000) + "}"),
        ["huge exponent"] = path => File.WriteAllText(path, "{\"version\": 1e999999999}"),
        ["JavaScript"] = path => File.WriteAllText(path, "{version: new Date(1), /* x */ 'commit_id': undefined}"),
        ["other types"] = path => File.WriteAllText(
            path, "{\"version\": [], \"commit_id\": {}, \"epoch\": \"x\", \"entries\": 7, \"ranks\": 3}"),
        ["list"] = path => File.WriteAllText(path, "[]"),
    };

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Names => [.. Forms.Keys];
    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_a_commit_it_costs_the_session(string form)
    {
        foreach (var name in new[] { "manifest.json", "metadata.json", "u.npy" })
        {
            var root = Write(name + form);
            var path = Replace(Directory.GetFiles(Path.Combine(root, "commits"), name, SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal).Last(), form);

            var (restored, warnings) = await Bounded(() => Restore(root));

            Assert.True(restored == 1, $"{name}, {form}: restored {restored}");
            Assert.Contains(warnings, w => w.Defect.Contains(path, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_place_of_the_index_it_costs_nothing(string form)
    {
        var root = Write("index");
        Replace(Path.Combine(root, "catalog.json"), form);

        var (restored, warnings) = await Bounded(() => Restore(root));

        Assert.Equal(2, restored);
        Assert.Empty(warnings);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_place_of_an_epochs_record_it_still_fences_and_is_named(string form)
    {
        var root = Write("epoch");
        var path = Replace(Path.Combine(root, "epochs", "00000001.json"), form);

        var (restored, warnings) = await Bounded(() => Restore(root));

        Assert.Equal(2, restored);
        Assert.Contains(warnings, w => w.Defect.Contains(path, StringComparison.Ordinal));
        var older = new Checkpoint("test", Options(root, []));
        using var session = older.Open();
        Assert.Throws<FencedException>(() => session.Write());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_place_of_a_sessions_manifest_it_costs_the_session(string form)
    {
        var root = Path.Combine(_directory.Path, "gang");
        using (var gang = new Gang(new PosixFiles(), 2, path: root))
        {
            gang.Start();
            gang.Commit(1);
            gang.Commit(2);
        }

        var path = Replace(Directory.GetFiles(Path.Combine(root, "sessions")).Order(StringComparer.Ordinal).Last(), form);

        var listing = await Bounded(() => Checkpoint.ReadSessions(root));

        Assert.Equal([1], listing.Sessions.Select(s => s.WriteCount));
        Assert.Contains(listing.Damaged, w => w.Defect.Contains(path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../../secret.npy")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b.npy")]
    [InlineData("./u.npy")]
    [InlineData("u.npy\u0000.txt")]
    [InlineData("")]
    public void A_path_that_leads_elsewhere_is_refused(string forged)
    {
        var files = new PosixFiles();
        var root = Write("paths");
        var commit = Directory.GetDirectories(Path.Combine(root, "commits"))[0];
        Assert.Throws<DataException>(() => ContainedPath.ResolveFile(files, commit, forged));
    }

    [Fact]
    public void A_folder_on_the_way_that_is_a_link_is_not_followed()
    {
        var root = Write("linked");
        var newest = Directory.GetDirectories(Path.Combine(root, "commits")).Order(StringComparer.Ordinal).Last();
        Directory.Move(Path.Combine(newest, "states"), Path.Combine(root, "elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(newest, "states"), Path.Combine(root, "elsewhere"));

        var (restored, warnings) = Restore(root);

        Assert.Equal(1, restored);
        Assert.Contains(warnings, w => w.Defect.Contains("symbolic link", StringComparison.Ordinal));
    }

    private static async Task<T> Bounded<T>(Func<T> work) => await Task.Run(() =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = work();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MaxAllocated, $"{allocated} bytes were allocated");
        return result;
    }).WaitAsync(Hang);

    private static (int Restored, List<CheckpointWarning> Warnings) Restore(string root)
    {
        var warnings = new List<CheckpointWarning>();
        using var session = new Checkpoint("test", Options(root, warnings)).Open();
        return (session.Bind(new WindState()).Value.Step, warnings);
    }

    private string Write(string name)
    {
        var root = Path.Combine(_directory.Path, name.Replace(' ', '-'));
        var checkpoint = new Checkpoint("test", Options(root, []));
        checkpoint.BeginEpoch();
        using var session = checkpoint.Open();
        var state = session.Bind(new WindState()).Value;
        for (var step = 1; step <= 2; step++)
        {
            (state.Step, state.U) = (step, TestCatalog.Wind(step).U);
            session.Write(TestCatalog.LeadTime(step));
        }

        return root;
    }

    private static CheckpointOptions Options(string root, List<CheckpointWarning> warnings) => new()
    {
        Path = root, Mode = CheckpointMode.Append, Rank = 0, WorldSize = 1, Warn = warnings.Add,
    };

    private static string Replace(string path, string form)
    {
        File.Move(path, path + ".moved");
        Forms[form](path);
        return path;
    }

    private static void Fill(string path, Action<FileStream> fill)
    {
        using var file = File.Create(path);
        fill(file);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
