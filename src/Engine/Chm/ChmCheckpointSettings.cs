using Cairn.Hocon;

namespace Cairn.Engine.Chm;

/// <summary>The section <c>checkpoint</c> of a CHM configuration, in CHM's own spelling.</summary>
public sealed record ChmCheckpointSettings
{
    /// <summary>What CHM takes for <c>minutes_of_wallclock</c> where nothing is said.</summary>
    public const int UsualMinutesOfWallClock = 2;

    /// <summary><c>save_checkpoint</c>: the master switch; without it nothing below is saved.</summary>
    public bool Save { get; init; }

    /// <summary><c>on_frequency</c>: every N steps, counted from 0 in each process; null for never.</summary>
    public int? OnFrequency { get; init; }

    /// <summary><c>on_last</c>: after the last step.</summary>
    public bool OnLast { get; init; }

    /// <summary><c>on_wallclock_limit</c>: before the batch system ends the process, which then stops.</summary>
    public bool OnWallClockLimit { get; init; }

    /// <summary><c>minutes_of_wallclock</c>: how long before that.</summary>
    public int MinutesOfWallClock { get; init; } = UsualMinutesOfWallClock;

    /// <summary><c>load_checkpoint_path</c>: the JSON that the run goes on from, absolute; null for none.</summary>
    public string? LoadPath { get; init; }

    /// <summary><c>auto_resume</c>: go on from the checkpoint in the output's folder whose name has the greatest time.</summary>
    public bool AutoResume { get; init; }

    /// <summary>Reads the section from a configuration: CHM's JSON with comments, or HOCON. Nothing else in it is looked at.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Settings on top, each <c>key=value</c>, as after <c>--set</c>.</param>
    /// <param name="workingDirectory">What <c>load_checkpoint_path</c> is relative to; the process's own when not given.</param>
    /// <exception cref="RunSpecException">The section has mistakes; all of them are listed, with lines.</exception>
    public static ChmCheckpointSettings ReadFile(string path, IReadOnlyList<string>? overrides = null, string? workingDirectory = null)
    {
        var directory = Path.GetFullPath(workingDirectory ?? Directory.GetCurrentDirectory());
        var file = Path.GetFullPath(path, directory);
        var options = new HoconOptions { Overrides = overrides ?? [], OpenFile = JsonComments.OpenWithout };
        try
        {
            var reader = new SettingReader(HoconReader.ReadFile(file, options), new SpecContext(file, file, directory, null));
            var settings = ChmCheckpointReader.Read(reader);
            return reader.Mistakes.Count == 0 ? settings : throw new RunSpecException(file, [.. reader.Mistakes.OrderBy(m => m.Line)]);
        }
        catch (HoconException e)
        {
            int? line = e.Line > 0 && e.Origin.File is not null ? e.Line : null;
            throw new RunSpecException(path, [new SpecMistake(e.File, line, "", e.Found, e.Expected)], e);
        }
    }
}
