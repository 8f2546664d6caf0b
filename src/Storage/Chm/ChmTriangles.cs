using System.Globalization;

namespace Cairn.Storage.Chm;

/// <summary>Which triangles of the mesh somebody holds, in that one's own order.</summary>
public sealed class ChmTriangles
{
    private readonly double[] _asStored;
    private readonly Dictionary<long, int> _places;

    /// <param name="globalIds">Numbers of triangles in the whole mesh; each at most once, and at least one.</param>
    /// <exception cref="SpecException">There is none, one is negative, or one appears twice.</exception>
    public ChmTriangles(IReadOnlyCollection<long> globalIds)
    {
        ArgumentNullException.ThrowIfNull(globalIds);
        if (globalIds.Count == 0)
        {
            throw new SpecException("A rank without triangles cannot be checkpointed: CHM's files hold one triangle at least. "
                + "Use fewer ranks.");
        }

        GlobalIds = [.. globalIds];
        _asStored = new double[GlobalIds.Count];
        _places = new Dictionary<long, int>(GlobalIds.Count);
        for (var place = 0; place < GlobalIds.Count; place++)
        {
            var id = GlobalIds[place];
            if (id is < 0 or > MostGlobalId || !_places.TryAdd(id, place))
            {
                throw new SpecException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The global_id {id} of a rank's triangle {place} is negative, too large or a duplicate."));
            }

            _asStored[place] = id;
        }
    }

    /// <summary>Files keep these numbers as doubles, which count no further without gaps.</summary>
    internal const long MostGlobalId = 1L << 53;

    /// <summary>How many there are.</summary>
    public int Count => GlobalIds.Count;

    /// <summary>Their numbers in the whole mesh.</summary>
    public IReadOnlyList<long> GlobalIds { get; }

    /// <summary>Their numbers as a file keeps them.</summary>
    internal double[] AsStored => _asStored;

    /// <summary>Where a triangle stands in this order; false when it is not here.</summary>
    internal bool TryFind(long globalId, out int place) => _places.TryGetValue(globalId, out place);
}
