using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Faults;

/// <summary>How many states a sweep looked at, and what it found.</summary>
/// <param name="Violation">The first broken promise, with everything needed to see it again; null when all were kept.</param>
internal sealed record CrashFindings(int Points, int States, int Different, string? Violation)
{
    public override string ToString() => $"{Points} crash points, {States} states, {Different} of them different";
}

/// <summary>Power fails before every call of a scenario. At each point the disk comes back with everything kept, with nothing unsynced
/// kept, with every single effect omitted, and in seeded mixtures.</summary>
internal sealed class CrashSweep(FaultScenario scenario, int seed)
{
    private readonly HashSet<string> _seen = [];
    private bool _omissions = true;
    private int _points;
    private int _states;

    /// <summary>Where a scenario stood when the power failed.</summary>
    public sealed record Point(int Call, RecordingFiles Disk, Told Told);

    /// <param name="mixtures">How many seeded mixtures in all, spread evenly over the points.</param>
    /// <param name="through">Stands between the scenario and the disk, for breaking the protocol.</param>
    public CrashFindings Run(int mixtures, Func<IDurableFiles, IDurableFiles>? through = null)
    {
        var told = new Told();
        var points = Points(scenario.Prepare(told), told, scenario.Run, through);
        var each = mixtures == 0 ? 0 : (mixtures / points.Count) + 1;
        string? violation = null;
        foreach (var point in points)
        {
            _points++;
            violation ??= Look(point, each);
        }

        return new CrashFindings(_points, _states, _seen.Count, violation);
    }

    /// <summary>Two deep: of each point take a few disks, let a new process begin its recovery there, and let the power fail before each of
    /// that one's calls as well. The first failure may also be the process's alone, on a machine that goes on.</summary>
    /// <param name="inner">Seeded disks for each point of the recovery, beside the two extreme ones.</param>
    public CrashFindings RunTwice(int stride, int outer, int inner, bool omissions)
    {
        _omissions = omissions;
        var told = new Told();
        var points = Points(scenario.Prepare(told), told, scenario.Run, null);
        for (var i = 0; i < points.Count; i += stride)
        {
            var first = points[i];
            foreach (var (disk, name) in Starts(first, outer))
            {
                foreach (var second in Points(disk, first.Told.Copy(), scenario.Resume, null))
                {
                    _points++;
                    if (Look(second, inner) is { } violation)
                        return new CrashFindings(_points, _states, _seen.Count, $"after call {first.Call}, {name}: {violation}");
                }
            }
        }

        return new CrashFindings(_points, _states, _seen.Count, null);
    }

    /// <summary>A scenario from a disk on, with a copy of the disk before each of its calls and at its end.</summary>
    public static List<Point> Points(
        RecordingFiles disk, Told told, Action<IDurableFiles, Told> run, Func<IDurableFiles, IDurableFiles>? through)
    {
        var points = new List<Point>();
        disk.BeforeCall = () => points.Add(new Point(points.Count, disk.Snapshot(), told.Copy()));
        run(through?.Invoke(disk) ?? disk, told);
        disk.BeforeCall = null;
        points.Add(new Point(points.Count, disk.Snapshot(), told.Copy()));
        return points;
    }

    private IEnumerable<(RecordingFiles Disk, string Name)> Starts(Point point, int samples)
    {
        yield return (point.Disk.Snapshot(), "the process alone");
        var number = 0;
        foreach (var disk in point.Disk.CrashStates(samples, SeedOf(point)))
            yield return (disk, $"disk {number++} of seed {SeedOf(point)}");
    }

    private string? Look(Point point, int mixtures)
    {
        var number = 0;
        foreach (var after in States(point, mixtures))
        {
            _states++;
            if (_seen.Add($"{point.Told} {after.Fingerprint()}") && scenario.Violation(after, point.Told) is { } violation)
                return $"power failed before call {point.Call}, state {number} of seed {SeedOf(point)}, {point.Told}: {violation}";

            number++;
        }

        return null;
    }

    private IEnumerable<RecordingFiles> States(Point point, int mixtures) =>
        point.Disk.CrashStates(mixtures, SeedOf(point)).Concat(_omissions ? point.Disk.OmissionStates() : []);

    private int SeedOf(Point point) => seed + (point.Call * 100_000);
}
