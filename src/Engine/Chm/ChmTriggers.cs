namespace Cairn.Engine.Chm;

/// <summary>What is due after a step.</summary>
/// <param name="Checkpoint">Save the state.</param>
/// <param name="Stop">Then stop, resumable and without <c>clean_exit</c>: the wall clock runs out.</param>
public readonly record struct ChmDue(bool Checkpoint, bool Stop);

/// <summary>Decides after which steps a checkpoint is saved, as CHM does (its <c>core.hpp</c>, <c>should_checkpoint</c>). Clocks of ranks
/// differ: one of them decides for all.</summary>
/// <remarks>Two cases differ from CHM, in which it would step on, or stop, for nothing. When the wall clock runs out after a step that is
/// saved for its number, CHM takes one more step before it stops; Cairn stops. When it does after the last step, CHM leaves
/// <c>clean_exit</c> out; Cairn's run has reached its end.</remarks>
public sealed class ChmTriggers
{
    private readonly ChmCheckpointSettings _settings;

    /// <param name="settings">The section <c>checkpoint</c>.</param>
    /// <param name="end">When the batch system ends the process, or null if unknown.</param>
    /// <exception cref="SpecException"><c>on_wallclock_limit</c> is set, but the limit is unknown.</exception>
    public ChmTriggers(ChmCheckpointSettings settings, JobEnd? end)
    {
        _settings = settings;
        End = end;
        if (settings is { Save: true, OnWallClockLimit: true } && end is null)
            throw new SpecException("checkpoint.on_wallclock_limit is set, but the environment has no limit. Export CHM_WALLCLOCK_LIMIT "
                + "as [days-]hh:mm:ss in the batch script (Slurm's SLURM_JOB_END_TIME is read as well), or remove the setting.");
    }

    /// <summary>When the batch system ends the process, or null if unknown.</summary>
    public JobEnd? End { get; }

    /// <summary>What is due after a step.</summary>
    /// <param name="index">Which step of this process it was, from 0, whatever time the run was resumed at.</param>
    /// <param name="isLast">Whether the run ends with it.</param>
    /// <param name="now">The time.</param>
    public ChmDue After(long index, bool isLast, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (!_settings.Save)
            return default;
        var outOfTime = _settings.OnWallClockLimit && End!.At - now <= TimeSpan.FromMinutes(_settings.MinutesOfWallClock);
        var due = (_settings.OnLast && isLast) || (_settings.OnFrequency is { } every && index != 0 && index % every == 0) || outOfTime;
        return new ChmDue(due, outOfTime && !isLast);
    }
}
