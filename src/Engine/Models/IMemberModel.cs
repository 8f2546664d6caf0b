namespace Cairn.Engine.Models;

/// <summary>
/// A model that steps members apart and wants to know which they are: its draws are seeded by run, member and step, so that neither a
/// restart nor the cut of the ensemble shows.
/// </summary>
public interface IMemberModel : ITimedModel
{
    /// <summary>
    /// The same model for members that are stepped together. It uses this one, which has to outlive it, and owns nothing.
    /// </summary>
    IPrognosticModel For(SteppedMembers members);
}

/// <summary>The members along the first axis of a batch.</summary>
/// <param name="RunSeed">The run's seed.</param>
/// <param name="Members">Their numbers in the ensemble.</param>
/// <param name="DrawOf">How many times a member began anew after a failure.</param>
/// <param name="Over">Is cancelled when nobody waits for a step any longer.</param>
public sealed record SteppedMembers(
    ulong RunSeed, IReadOnlyList<int> Members, Func<int, int> DrawOf, CancellationToken Over = default);
