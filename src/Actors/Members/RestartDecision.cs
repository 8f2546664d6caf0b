namespace Cairn.Actors.Members;

/// <summary>What is to become of a batch whose gang has ended.</summary>
public abstract record RestartDecision
{
    private RestartDecision()
    {
    }

    /// <summary>It starts again.</summary>
    /// <param name="Pause">After this long.</param>
    /// <param name="Before">Only from a session at an earlier boundary than this; null for the newest.</param>
    /// <param name="Reason">For the journal.</param>
    public sealed record Restart(TimeSpan Pause, int? Before, string Reason) : RestartDecision;

    /// <summary>A member is left out, and the others start again.</summary>
    /// <param name="Member">The member.</param>
    public sealed record Drop(int Member) : RestartDecision;

    /// <summary>A member begins anew with another draw, and its batch with it.</summary>
    /// <param name="Member">The member.</param>
    public sealed record RePerturb(int Member) : RestartDecision;

    /// <summary>The batch has failed for good.</summary>
    /// <param name="Reason">Why it is not started again.</param>
    public sealed record GiveUp(string Reason) : RestartDecision;
}
