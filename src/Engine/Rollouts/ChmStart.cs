using System.Globalization;
using Cairn.Engine.Chm;
using Cairn.Engine.Runs;
using Cairn.Storage.Chm;
using Cairn.Storage.NetCdf;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Where a mesh run begins that is to go on from one of CHM's checkpoints: the checkpoint's time takes the place of the configured one, and
/// the run ends when it would have ended.
/// </summary>
internal static class ChmStart
{
    /// <summary>
    /// The spec with the checkpoint that it begins from named, and its time for lead time zero; the same spec where it begins at the
    /// configured time. Applied to its own result it changes nothing.
    /// </summary>
    /// <param name="spec">The run.</param>
    /// <param name="options">How it is carried out.</param>
    /// <param name="warn">Is told of checkpoints that are passed over.</param>
    /// <exception cref="DataException">A checkpoint does not hold.</exception>
    /// <exception cref="SpecException">It does not lie on one of the run's boundaries.</exception>
    public static RunSpec Apply(RunSpec spec, RunOptions options, Action<string> warn)
    {
        if (spec.Checkpoint.Chm is not { Settings: { AutoResume: true } or { LoadPath: not null } } chm)
        {
            return spec;
        }

        var path = chm.Settings.LoadPath ?? Found(spec, chm, options, warn);
        var settled = spec with
        {
            Checkpoint = spec.Checkpoint with { Chm = chm with { Settings = chm.Settings with { LoadPath = path, AutoResume = false } } },
        };
        return path is null ? settled : From(settled, ChmCheckpoint.Open(path, options.Files));
    }

    /// <summary>
    /// A run that was begun goes on from its own sessions, and so begins where it began then; what CHM's folder holds is looked at only
    /// where there is no such run.
    /// </summary>
    private static string? Found(RunSpec spec, ChmSpec chm, RunOptions options, Action<string> warn)
    {
        var record = Path.Combine(spec.Checkpoint.Path, RunRecord.FileName);
        return options is { Fresh: false } && options.Files.FileExists(record)
            ? RunRecord.Read(record).Spec.Checkpoint.Chm?.Settings.LoadPath
            : new ChmFolder(ChmSaves.Folder(chm, spec.Ensemble, 0), options.Files)
                .Newest(null, warning => warn(warning.ToString()))?.Checkpoint.Path;
    }

    private static RunSpec From(RunSpec spec, ChmCheckpoint checkpoint)
    {
        var begins = CfTime.Parse(spec.Initial.Time?.Text ?? "2000-01-01", CfCalendar.Standard, out _).ToDateTime();
        var at = checkpoint.Time.ToDateTime();
        var (passed, rest) = Math.DivRem((at - begins).Ticks, spec.LeadTimes.Every.Ticks);
        if (passed < 0 || rest != 0 || passed >= spec.LeadTimes.Count)
        {
            throw new SpecException($"{checkpoint.Path} is of {checkpoint.Time}, which is no boundary of a run from "
                + $"{begins:yyyy-MM-dd HH:mm:ss} that has {spec.LeadTimes.Count} of them, every "
                + $"{SpecText.Duration(spec.LeadTimes.Every)}. Expected one of these times, "
                + "before the last: set initial.time and lead-times to what the checkpoint was saved with.");
        }

        var time = at.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return spec with
        {
            Initial = spec.Initial with { Time = new InitialTime(time, null) },
            LeadTimes = spec.LeadTimes with { Count = spec.LeadTimes.Count - (int)passed },
        };
    }
}
