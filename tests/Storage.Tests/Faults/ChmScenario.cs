using Cairn.Storage.Chm;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Chm;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Faults;

/// <summary>Two ranks that write checkpoints in CHM's format, step after step; after a fault another process, of three ranks, goes on from
/// what <c>auto_resume</c> finds.</summary>
internal sealed class ChmScenario : FaultScenario
{
    private const int Triangles = 5;

    public int Steps { get; init; } = 2;

    public override string ToString() => $"CHM {Steps}";

    public override void Run(IDurableFiles files, Told told) => Go(files, told, 2, Steps);

    public override void Resume(IDurableFiles files, Told told)
    {
        told.Process++;
        Go(files, told, 3, 1);
    }

    public override void Inspect(RecordingFiles files, Told told)
    {
        var folder = new ChmFolder(ChmRun.Folder, files);
        foreach (var listed in folder.List().SkipLast(1))
        {
            // A JSON that exists is loadable, whenever the power failed; the newest is looked at below.
            _ = ChmCheckpoint.Open(listed.Path, files).Verify();
        }

        _ = Newest(folder, told);
    }

    private static int Newest(ChmFolder folder, Told told)
    {
        var found = folder.Newest(null, w => ViolationException.ThrowIf(true, $"a checkpoint was passed over: {w}"));
        var step = found is { } newest ? (int)((newest.Checkpoint.Time.Seconds - ChmRun.TimeOf(0).Seconds) / 3600) : 0;
        ViolationException.ThrowIf(step < told.Reported || step > told.Begun, $"the newest checkpoint is of step {step}");
        ViolationException.ThrowIf(
            found is { } whole && !new ChmRun(new RecordingFiles(), ChmRun.EvenCut(Triangles, 1)).Finds(whole.Checkpoint, step),
            $"step {step} was loaded with other values");
        return step;
    }

    private static void Go(IDurableFiles files, Told told, int ranks, int steps)
    {
        var run = new ChmRun(files, ChmRun.EvenCut(Triangles, ranks));
        var from = Newest(new ChmFolder(ChmRun.Folder, files), told);
        for (var step = from + 1; step <= from + steps; step++)
        {
            told.Begun = Math.Max(told.Begun, step);
            run.Write(step);
            told.Reported = step;
        }
    }
}
