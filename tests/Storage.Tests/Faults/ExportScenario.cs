using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Faults;

/// <summary>A catalog of two boundaries is exported to a folder that is not there yet: it appears whole or not at all.</summary>
internal sealed class ExportScenario : FaultScenario
{
    private const string Target = "/out/for/others";

    public override string ToString() => "export";

    public override RecordingFiles Prepare(Told told)
    {
        var files = new RecordingFiles();
        new TestCatalog(files).WriteRows(2);
        return files.CrashStates(0).Last();
    }

    public override void Run(IDurableFiles files, Told told)
    {
        told.Begun = 1;
        Checkpoint.Export(TestCatalog.Path, Target, row: null, files);
        told.Reported = 1;
    }

    public override void Resume(IDurableFiles files, Told told)
    {
        told.Process++;
        if (!files.DirectoryExists(Target))
            Run(files, told);
    }

    public override void Inspect(RecordingFiles files, Told told)
    {
        RequireWhole(files, TestCatalog.Path);
        var there = files.DirectoryExists(Target);
        ViolationException.ThrowIf(!there && told.Reported > 0, "the exported catalog is gone");
        if (there)
            RequireWhole(files, Target);
    }

    private static void RequireWhole(RecordingFiles files, string root)
    {
        var rows = OriginalReader.Rows(files, root).Select(r => r.WriteCount).ToList();
        ViolationException.ThrowIf(!rows.SequenceEqual([1, 2]), $"{root} has the rows {string.Join(", ", rows)}");
        var checkpoint = new Checkpoint(
            "test", new CheckpointOptions { Path = root, Files = files, Rank = 0, WorldSize = 1, Warn = _ => { } });
        for (var row = 1; row <= 2; row++)
        {
            using var session = checkpoint.Select(row - 1);
            var state = session.Bind(new WindState()).Value;
            ViolationException.ThrowIf(
                state.Step != row || !state.U!.AsSpan<double>().SequenceEqual(TestCatalog.Wind(row).U!.AsSpan<double>()),
                $"{root} has other values in row {row}");
        }
    }
}
