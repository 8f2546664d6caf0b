using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>What a registry is created with.</summary>
/// <param name="Rules">
/// What submitted specs may ask for; null if the submitter is trusted and sends specs that were read already.
/// </param>
public sealed record RegistrySetup(SubmissionRules? Rules, TimeProvider Time, RegistryTimes Times)
{
    /// <summary>Sends alerts about deadlines.</summary>
    internal IDeadlineAlerts Alerts { get; init; } = new DeadlineAlerts(Time);
}

/// <summary>A registry's intervals and timeouts.</summary>
public sealed record RegistryTimes
{
    /// <summary>The default ones.</summary>
    public static RegistryTimes Default { get; } = new();

    /// <summary>How long a registry that has just started waits for nodes that have grants but have not reported.</summary>
    public TimeSpan NodeReturnTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it checks for missing nodes, and judges deadlines.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long figures include a run that has ended: collectors read them about once a minute.</summary>
    public TimeSpan EndedRunsListedFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The pause after the first failure of the journal; each further one doubles it.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Events between two snapshots, at least; as many as a run has batches, if those are more.</summary>
    public int SnapshotEvery { get; init; } = 1000;
}
