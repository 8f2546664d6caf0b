namespace Cairn.Engine.Runs;

/// <summary>What happens to a batch whose gang fails, and how long anything may take before it counts as failed.</summary>
public sealed record SupervisionSpec
{
    /// <summary>Restarts of a batch without a new session in between, before <see cref="OnFailure"/> decides.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>The pause before the first restart; each further one doubles it.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before a restart.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What happens when the restarts are used up.</summary>
    public FailurePolicy OnFailure { get; init; } = FailurePolicy.Fail;

    /// <summary>The longest that a rank may take to its next boundary, loading the model included.</summary>
    public TimeSpan BoundaryDeadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest that the ranks of a gang may take to stage one session.</summary>
    public TimeSpan CommitDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Commits that may fail one after another, with growing pauses, before the batch counts as failed.</summary>
    public int CommitRetries { get; init; } = 8;

    /// <summary>Nodes or child processes that a batch may take with it, without a new session in between; then it is quarantined.</summary>
    public int QuarantineAfter { get; init; } = 3;
}

/// <summary>What happens to a batch whose restarts are used up (<c>supervision.on-failure</c>).</summary>
public enum FailurePolicy
{
    /// <summary>The batch fails; the others go on.</summary>
    Fail,

    /// <summary>The member at fault is left out from then on; where it is not known, the batch fails.</summary>
    Drop,

    /// <summary>The member at fault starts over with another draw; if it is unknown, the batch fails.</summary>
    RePerturb,
}

internal static class SupervisionSettings
{
    private const int Most = 1_000_000;

    private static readonly SupervisionSpec Usual = new();

    public static readonly SettingSection<SupervisionSpec> Section = new("supervision", spec => spec.Supervision);

    private static readonly Setting<int> MaxRestarts = Section.Add(
        "max-restarts", Integer("how often a batch is restarted", 0, Most), s => s.MaxRestarts, usual: Usual.MaxRestarts,
        help: "How often a batch that fails is restarted without a new session in between, before on-failure decides.");

    private static readonly Setting<TimeSpan> FirstPause = Section.Add(
        "first-pause", Duration("30s"), s => s.FirstPause, usual: Usual.FirstPause,
        help: "The pause before the first restart; it doubles with each further restart, and varies by up to a half.");

    private static readonly Setting<TimeSpan> LongestPause = Section.Add(
        "longest-pause", Duration("30s"), s => s.LongestPause, usual: Usual.LongestPause, help: "The longest pause before a restart.");

    private static readonly Setting<FailurePolicy> OnFailure = Section.Add(
        "on-failure", Word<FailurePolicy>(), s => s.OnFailure, usual: Usual.OnFailure,
        help: "What happens when the restarts are used up: fail (the batch fails, the others continue), drop (the member at fault is "
            + "left out from then on) or re-perturb (the member at fault starts over with another draw).");

    private static readonly Setting<TimeSpan> BoundaryDeadline = Section.Add(
        "boundary-deadline", Duration("30s"), s => s.BoundaryDeadline, usual: Usual.BoundaryDeadline,
        help: "The longest time that a rank may take to its next boundary, including loading the model, before it counts as hung.");

    private static readonly Setting<TimeSpan> CommitDeadline = Section.Add(
        "commit-deadline", Duration("30s"), s => s.CommitDeadline, usual: Usual.CommitDeadline,
        help: "The longest time that the ranks of a batch may take to stage one session, before it is given up.");

    private static readonly Setting<int> CommitRetries = Section.Add(
        "commit-retries", Integer("how many failed commits are tolerated", 0, Most), s => s.CommitRetries, usual: Usual.CommitRetries,
        help: "How many commits may fail in a row, with growing pauses, before the batch counts as failed.");

    private static readonly Setting<int> QuarantineAfter = Section.Add(
        "quarantine-after", Integer("how many processes a batch may take with it", 1, Most), s => s.QuarantineAfter,
        usual: Usual.QuarantineAfter,
        help: "How many nodes or child processes a batch may take with it, without a new session in between, before it is quarantined.");

    public static SupervisionSpec Read(SettingReader reader) => new()
    {
        MaxRestarts = reader.Get(MaxRestarts),
        FirstPause = reader.Get(FirstPause),
        LongestPause = reader.Get(LongestPause),
        OnFailure = reader.Get(OnFailure),
        BoundaryDeadline = reader.Get(BoundaryDeadline),
        CommitDeadline = reader.Get(CommitDeadline),
        CommitRetries = reader.Get(CommitRetries),
        QuarantineAfter = reader.Get(QuarantineAfter),
    };
}
