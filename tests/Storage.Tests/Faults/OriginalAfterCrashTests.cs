using System.Globalization;
using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Faults;

/// <summary>The power failed, and Earth2Studio itself opens what the disk brought back: by its index it finds every commit that was
/// reported, and each that it finds is there whole. <see cref="OriginalReader"/> stands for it in the sweeps; here the two are held against
/// each other. Needs its <c>checkpoint.py</c>, named by CAIRN_EARTH2STUDIO_CHECKPOINT; skipped without.</summary>
public sealed class OriginalAfterCrashTests : IDisposable
{
    private const int Seed = 20261124;
    private const int Disks = 120;

    private const string Script = """
        import json, pathlib
        import numpy as np

        for folder in sorted(pathlib.Path(sys.argv[2]).iterdir()):
            checkpoint = original.Checkpoint('crashed', path=folder, mode='append', rank=0, world_size=1)
            for row in checkpoint.catalog:
                commit = folder / 'commits' / row.commit_id
                json.loads((commit / 'manifest.json').read_text())
                for array in commit.rglob('*.npy'):
                    np.load(array, allow_pickle=False)
            with checkpoint as session:
                opened = session.write_count
            print(folder.name, opened, *[row.write_count for row in checkpoint.catalog])
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [InlineData("Append 2 after 0")]
    [InlineData("Overwrite 3 after 0")]
    [InlineData("Append history 2 2 after 2")]
    [InlineData("Overwrite epochs 2 after 2")]
    public void It_opens_every_disk_and_lists_what_was_reported(string name)
    {
        _ = EarthStudio.Code();
        var expected = new List<string>();
        foreach (var (disk, told) in Sample(name))
        {
            var counts = OriginalReader.Rows(disk, TestCatalog.Path).Select(r => r.WriteCount).ToList();
            Assert.True(
                counts.DefaultIfEmpty(0).Max() >= told.Listed, $"{name}, seed {Seed}: {told}, and {string.Join(", ", counts)} are listed");
            var folder = expected.Count.ToString("0000", CultureInfo.InvariantCulture);
            Write(disk, Path.Combine(_directory.Path, folder));
            expected.Add(string.Join(' ', counts.Prepend(counts.LastOrDefault()).Select(c => $"{c}").Prepend(folder)));
        }

        var printed = EarthStudio.Run(Script, _directory.Path).TrimEnd('\n').Split('\n');
        Assert.Equal(expected, printed);
    }

    /// <summary>Different disks, evenly over the calls before which the power may fail.</summary>
    private static List<(RecordingFiles Disk, Told Told)> Sample(string name)
    {
        var scenario = CrashSweepTests.Named(name);
        var told = new Told();
        var points = CrashSweep.Points(scenario.Prepare(told), told, scenario.Run, null);
        var seen = new HashSet<string>();
        var all = points.SelectMany(point => point.Disk.CrashStates(3, Seed + point.Call).Concat(point.Disk.OmissionStates())
                .Select(disk => (Disk: disk, point.Told)))
            .Where(state => state.Disk.DirectoryExists(TestCatalog.Path) && seen.Add(state.Disk.Fingerprint()))
            .ToList();
        var random = new Random(Seed);
        return [.. all.OrderBy(_ => random.Next()).Take(Disks)];
    }

    private static void Write(RecordingFiles disk, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in disk.FilesBelow(TestCatalog.Path))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(TestCatalog.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, disk.ReadAll(file));
        }
    }
}
