namespace Cairn.Actors.Members;

/// <summary>Pauses between attempts: each twice as long as the one before, up to a longest. Pure.</summary>
internal static class GrowingPause
{
    /// <param name="failures">Failures so far, from 1.</param>
    /// <param name="first">The pause after the first.</param>
    /// <param name="longest">The longest.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        // In ticks of a double: many doublings of a long pause are more than a TimeSpan holds.
        var ticks = first.Ticks * Math.Pow(2, failures - 1);
        return ticks < longest.Ticks ? TimeSpan.FromTicks((long)ticks) : longest;
    }
}
