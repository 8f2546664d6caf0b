using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>The parts of a registry.</summary>
/// <param name="Rules">
/// What submitted specs may ask for; null if the submitter is trusted, and sends specs that were read already.
/// </param>
/// <param name="Time">The clock.</param>
/// <param name="Times">How long things may take.</param>
public sealed record RegistrySetup(SubmissionRules? Rules, TimeProvider Time, RegistryTimes Times)
{
    /// <summary>Tells people and programs of deadlines.</summary>
    internal IDeadlineAlerts Alerts { get; init; } = new DeadlineAlerts(Time);
}

/// <summary>How long things may take in a registry.</summary>
public sealed record RegistryTimes
{
    /// <summary>The usual ones.</summary>
    public static RegistryTimes Usual { get; } = new();

    /// <summary>How long a registry that has just started waits for nodes that have grants but have not reported.</summary>
    public TimeSpan NodeReturn { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it looks whether one is missing.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long it tells how far a run is that has ended. What watches over figures asks every minute or so.
    /// </summary>
    public TimeSpan EndedAreTold { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The pause after the first failure of the journal; each further one doubles it.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A snapshot is made after so many events, or as many as a run has batches.</summary>
    public int SnapshotEvery { get; init; } = 1000;
}
