using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;
using Cairn.Storage.Tests.Sessions;
using Xunit.Abstractions;

namespace Cairn.Storage.Tests.Faults;

/// <summary>Every byte of what describes a session, random bits of what it holds, and every length that a file may be cut to. No byte of a
/// commit or a session manifest is harmless, blanks included. An epoch's record tells only what its sessions tell as well, and the index
/// nothing: damage to those costs nothing, and the record's is warned of.</summary>
public sealed class ByteDamageTests(ITestOutputHelper log)
{
    private const int Seed = 20261125;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_sample_of_damaged_bytes_is_noticed(int ranks) => Damage(ranks, stride: 151, bits: 30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Category", "Soak")]
    public void Every_damaged_byte_is_noticed(int ranks) => Damage(ranks, stride: 1, bits: 10_000);

    private void Damage(int ranks, int stride, int bits)
    {
        var whole = Catalog(ranks);
        var random = new Random(Seed);
        var trials = 0;
        foreach (var path in Touched(whole, ranks))
        {
            var bytes = whole.ReadAll(path);
            for (var at = random.Next(stride); at < bytes.Length; at += stride)
            {
                var other = bytes.ToArray();
                other[at] ^= (byte)random.Next(1, 256);
                Try(path, other, $"byte {at} of {bytes.Length} became {other[at]}");
                Try(path, bytes[..at], $"cut to {at} of {bytes.Length} bytes");
            }
        }

        var arrays = Touched(whole, ranks).Where(p => p.EndsWith(".npy", StringComparison.Ordinal)).ToList();
        for (var i = 0; i < bits; i++)
        {
            var path = arrays[random.Next(arrays.Count)];
            var bytes = whole.ReadAll(path);
            var bit = random.Next(bytes.Length * 8);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Try(path, bytes, $"bit {bit} flipped");
        }

        log.WriteLine($"{ranks} ranks: {trials} damages");

        void Try(string path, byte[] bytes, string what)
        {
            trials++;
            var files = whole.Snapshot();
            files.DeleteFile(path);
            files.Seed(path, bytes);
            var violation = Violation(files, path, ranks);
            Assert.True(violation is null, $"seed {Seed}, {path}, {what}: {violation}");
        }
    }

    private static RecordingFiles Catalog(int ranks)
    {
        var files = new RecordingFiles();
        for (var process = 1; process <= 2; process++)
        {
            if (ranks == 1)
            {
                var checkpoint = new TestCatalog(files, process: process).Checkpoint();
                checkpoint.BeginEpoch();
                Write(checkpoint, process);
            }
            else
            {
                using var gang = new Gang(files, ranks, process: process);
                gang.Start();
                gang.Commit(process);
            }
        }

        return files.CrashStates(0).Last();
    }

    private static void Write(Checkpoint checkpoint, int step)
    {
        using var session = checkpoint.Open();
        var state = session.Bind(new WindState()).Value;
        (state.Step, state.U) = (step, TestCatalog.Wind(step).U);
        session.Write(TestCatalog.LeadTime(step));
    }

    private static string Root(int ranks) => ranks == 1 ? TestCatalog.Path : Gang.Path;

    /// <summary>The newest session's files, the newest epoch's record, and the indexes.</summary>
    private static List<string> Touched(RecordingFiles files, int ranks) =>
    [
        .. Below(files, Root(ranks)).Where(p =>
            p.Contains("commit_00000002_", StringComparison.Ordinal) || p.Contains("session_00000002_", StringComparison.Ordinal)
            || p.EndsWith("epochs/00000002.json", StringComparison.Ordinal) || p.EndsWith("catalog.json", StringComparison.Ordinal)),
    ];

    private static IEnumerable<string> Below(RecordingFiles files, string directory) => files.List(directory)
        .SelectMany(e => e.IsDirectory ? Below(files, $"{directory}/{e.Name}") : [$"{directory}/{e.Name}"]);

    private static string? Violation(RecordingFiles files, string path, int ranks)
    {
        var harmless = path.Contains("/epochs/", StringComparison.Ordinal) || path.EndsWith("catalog.json", StringComparison.Ordinal);
        var warnings = new List<CheckpointWarning>();
        var count = ranks == 1 ? RestoreOne(files, warnings) : RestoreAll(files, warnings);
        var expected = harmless ? 2 : 1;
        if (count != expected)
            return $"boundary {count} was restored; expected {expected}";

        var named = warnings.Exists(w => w.Path.Contains(path, StringComparison.Ordinal)
            || (w.Defect.Contains(Path.GetFileName(path), StringComparison.Ordinal) && w.Defect.Length > 20));
        return named || path.EndsWith("catalog.json", StringComparison.Ordinal)
            ? null
            : $"no warning names the file: {string.Join(' ', warnings)}";
    }

    private static int RestoreOne(RecordingFiles files, List<CheckpointWarning> warnings)
    {
        var catalog = new TestCatalog(files, process: 3);
        var checkpoint = catalog.Checkpoint();
        using var session = checkpoint.Open();
        var state = session.Bind(new WindState()).Value;
        warnings.AddRange(catalog.Warnings);
        var whole = state.Step == session.WriteCount
            && state.U!.AsSpan<double>().SequenceEqual(TestCatalog.Wind(state.Step).U!.AsSpan<double>());
        return whole ? session.WriteCount : -1;
    }

    private static int RestoreAll(RecordingFiles files, List<CheckpointWarning> warnings)
    {
        using var gang = new Gang(files, 2, process: 3);
        var session = gang.Start();
        warnings.AddRange(gang.Warnings);
        return gang.Restored() == session?.WriteCount ? session?.WriteCount ?? 0 : -1;
    }
}
