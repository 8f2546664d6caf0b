using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Storage.Chm.Conversion;

/// <summary>A CHM checkpoint's state as a catalog keeps it: named arrays over the triangles of a whole mesh.</summary>
[CheckpointState(Id = Id)]
public sealed class ChmCatalogState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "cairn.ChmState";

    /// <summary>The triangles' numbers, growing: int64 <c>[triangle]</c>.</summary>
    public NdArray? GlobalId { get; set; }

    /// <summary>By <c>module:variable</c>, the values of all triangles: float64 <c>[triangle]</c>.</summary>
    public Dictionary<string, NdArray> Variables { get; set; } = [];
}
