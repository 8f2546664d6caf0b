namespace Cairn.Engine.Runs;

/// <summary>When the batch system ends this process, as far as the environment says.</summary>
/// <param name="At">The time.</param>
/// <param name="Reason">The environment's variable that says so, for people.</param>
public sealed partial record JobEnd(DateTimeOffset At, string Reason)
{
    /// <summary>When a process has to have ended by its node's settings, or as <see cref="Find"/> says where they leave it open.</summary>
    /// <param name="node">The node's settings.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="started">When the process, or the job around it, began.</param>
    /// <exception cref="SpecException">A variable is not of its form.</exception>
    public static JobEnd? Of(NodeSpec node, Func<string, string?> environment, DateTimeOffset started) => node.WallClockLimit is { } limit
        ? new JobEnd(After(started, limit), "node.wall-clock-limit")
        : Find(environment, started);

    /// <summary>The sooner of Slurm's <c>SLURM_JOB_END_TIME</c> (seconds since 1970, from version 22.05 on) and of what
    /// <c>CHM_WALLCLOCK_LIMIT</c> (<c>[days-]hh:mm:ss</c>) leaves; null where there is neither.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="started">When the process, or the job around it, began.</param>
    /// <exception cref="SpecException">A variable is not of its form.</exception>
    public static JobEnd? Find(Func<string, string?> environment, DateTimeOffset started) =>
        new[] { Slurm(environment), Chm(environment, started) }.OfType<JobEnd>().MinBy(e => e.At);

    /// <summary>A limit beyond the calendar is as good as its last day.</summary>
    private static DateTimeOffset After(DateTimeOffset time, TimeSpan span) =>
        span < DateTimeOffset.MaxValue - time ? time + span : DateTimeOffset.MaxValue;

    private static JobEnd? Slurm(Func<string, string?> environment)
    {
        const string name = "SLURM_JOB_END_TIME";
        if (environment(name) is not { Length: > 0 } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? new JobEnd(DateTimeOffset.FromUnixTimeSeconds(seconds), name)
            : throw Malformed(name, text, "seconds since 1970");
    }

    private static JobEnd? Chm(Func<string, string?> environment, DateTimeOffset started)
    {
        const string name = "CHM_WALLCLOCK_LIMIT";
        if (environment(name) is not { Length: > 0 } text)
            return null;
        var match = Limit().Match(text);
        return match.Success
            ? new JobEnd(started + new TimeSpan(Part(match, 1), Part(match, 2), Part(match, 3), Part(match, 4)), name)
            : throw Malformed(name, text, "[days-]hh:mm:ss");
    }

    private static int Part(Match match, int group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static SpecException Malformed(string name, string found, string expected) => new(
        $"The environment's {name} is '{found}'; expected {expected}. Correct it, or set node.wall-clock-limit.");

    [GeneratedRegex(@"\A(?:([0-9]{1,4})-)?([0-9]{1,4}):([0-5]?[0-9]):([0-5]?[0-9])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Limit();
}
