using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Storage.Sessions;

/// <summary>One rank's part of a field.</summary>
public sealed record RankSlice(int Rank, DomainSlice Slice);

/// <summary>A field that is cut across ranks.</summary>
/// <param name="DType">The type of its elements.</param>
/// <param name="GlobalShape">The extent of each dimension of the whole field, in elements.</param>
/// <param name="Slices">Who holds what, by rank.</param>
public sealed record ShardedField(NpyDType DType, IReadOnlyList<long> GlobalShape, IReadOnlyList<RankSlice> Slices);
