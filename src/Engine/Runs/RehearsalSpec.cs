namespace Cairn.Engine.Runs;

/// <summary>
/// A fault that a run brings about on purpose (<c>rehearsal[]</c>), so that its users can see what supervision makes of it before a real
/// one comes.
/// </summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="LeadTime">The lead time that is being stepped to, or committed, when it does.</param>
/// <param name="Member">The member that it happens to, or null for any batch.</param>
/// <param name="Rank">The rank that it happens to.</param>
/// <param name="Times">How often it happens in the life of the run, restarts included; null for always.</param>
public sealed record RehearsalSpec(RehearsalKind Kind, TimeSpan LeadTime, int? Member, int Rank, int? Times);

/// <summary>What goes wrong in a rehearsal (<c>rehearsal[].kind</c>).</summary>
public enum RehearsalKind
{
    /// <summary>A step throws.</summary>
    Throw,

    /// <summary>A step leaves a NaN in the member's state.</summary>
    Nan,

    /// <summary>A rank hangs in a step.</summary>
    Hang,

    /// <summary>The process that steps the rank aborts, as native code does.</summary>
    Abort,

    /// <summary>The process that steps the rank is killed.</summary>
    Kill,

    /// <summary>Staging a commit fails as on a full disk.</summary>
    Commit,
}
