namespace Cairn.Engine.Rollouts;

/// <summary>The seeds of a member's later draws.</summary>
internal static class MemberDraw
{
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    /// <summary>
    /// The run's seed for a draw: an output of SplitMix64 (Steele, Lea, Flood 2014, OOPSLA), so that neighbouring runs and draws have
    /// nothing in common.
    /// </summary>
    public static long Seed(long runSeed, int draw)
    {
        var z = unchecked((ulong)runSeed + ((ulong)draw * GoldenRatio));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return unchecked((long)(z ^ (z >> 31)));
    }
}
