using Cairn.Engine.Chm;
using Cairn.Storage.Chm;

namespace Cairn.Engine.Rollouts;

/// <summary>Where a mesh run begins that is to go on from one of CHM's checkpoints: the checkpoint's time takes the place of the configured
/// one, and the run ends when it would have ended.</summary>
internal static class ChmStart
{
    /// <summary>The spec with the checkpoint that it starts from, and its time for lead time zero; the same spec if it starts at the
    /// configured time. Applied to its own result it changes nothing.</summary>
    public static RunSpec Apply(RunSpec spec, RunOptions options, Action<string> warn)
    {
        if (spec.Checkpoint.Chm is not { Settings: { AutoResume: true } or { LoadPath: not null } } chm)
            return spec;
        var path = chm.Settings.LoadPath ?? Found(spec, chm, options, warn);
        var settled = spec with
        {
            Checkpoint = spec.Checkpoint with { Chm = chm with { Settings = chm.Settings with { LoadPath = path, AutoResume = false } } },
        };
        return path is null ? settled : From(settled, ChmCheckpoint.Open(path, options.Files), warn);
    }

    /// <summary>When lead time zero of a mesh run is, UTC.</summary>
    public static DateTimeOffset Begins(RunSpec spec) => new(
        CfTime.Parse(spec.Initial.Time?.Text ?? "2000-01-01", CfCalendar.Standard, out _).ToDateTime(), TimeSpan.Zero);

    /// <summary>A run that was begun goes on from its own sessions, and so begins where it began then; what CHM's folder holds is looked at
    /// only where there is no such run.</summary>
    private static string? Found(RunSpec spec, ChmSpec chm, RunOptions options, Action<string> warn)
    {
        var record = Path.Combine(spec.Checkpoint.Path, RunRecord.FileName);
        if (options is { Fresh: false } && options.Files.FileExists(record))
            return RunRecord.Read(record).Spec.Checkpoint.Chm?.Settings.LoadPath;
        var folder = new ChmFolder(ChmSaves.Folder(chm, spec.Ensemble, 0), options.Files);
        if (folder.Newest(null, warning => warn(warning.ToString())) is { } newest)
            return newest.Checkpoint.Path;
        warn($"auto_resume found no checkpoint in {folder.Path}: the run starts from its initial condition, at {Text(Begins(spec))}");
        return null;
    }

    /// <summary>Boundaries are counted from the checkpoint's time, and the last lies at or before the configured end.</summary>
    private static RunSpec From(RunSpec spec, ChmCheckpoint checkpoint, Action<string> warn)
    {
        var (begins, at) = (Begins(spec), new DateTimeOffset(checkpoint.Time.ToDateTime(), TimeSpan.Zero));
        var end = begins + spec.LeadTimes.End;
        var every = spec.LeadTimes.Every;
        var count = (end - at).Ticks / every.Ticks;
        if (count is < 1 or > int.MaxValue)
            throw new SpecException($"{checkpoint.Path} is of {Text(at)}, and the run ends at {Text(end)}, {spec.LeadTimes.Count} times "
                + $"{SpecText.Duration(every)} after {Text(begins)}: no boundary is left. Expected a checkpoint of "
                + $"{Text(end - every)} at the latest; raise lead-times.count, or name an older one.");
        if ((at - begins).Ticks % every.Ticks != 0)
        {
            var last = at + (every * count);
            warn($"{checkpoint.Path} is of {Text(at)}, which is not a boundary of a run from {Text(begins)} on: boundaries are every "
                + $"{SpecText.Duration(every)} from the checkpoint on, the last at {Text(last)}; the configured end is {Text(end)}");
        }
        var time = at.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return spec with
        {
            Initial = spec.Initial with { Time = new InitialTime(time, null) },
            LeadTimes = spec.LeadTimes with { Count = (int)count },
        };
    }

    private static string Text(DateTimeOffset time) => BegunFromChm.Text(time);
}
