namespace Cairn.Engine.Runs;

/// <summary>What becomes of a batch whose gang fails, and how long anything may take before it counts as failed.</summary>
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

    /// <summary>The member at fault begins anew with another draw; where it is not known, the batch fails.</summary>
    RePerturb,
}
