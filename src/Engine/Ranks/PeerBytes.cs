namespace Cairn.Engine.Ranks;

/// <summary>What one rank exchanges with another: a range of the bytes that it sends, and one of those that it receives.</summary>
/// <param name="Rank">The other rank.</param>
/// <param name="OutStart">Where the bytes for it begin.</param>
/// <param name="OutCount">How many they are; may be none.</param>
/// <param name="InStart">Where the bytes from it go.</param>
/// <param name="InCount">How many are expected; may be none.</param>
public readonly record struct PeerBytes(int Rank, int OutStart, int OutCount, int InStart, int InCount);
