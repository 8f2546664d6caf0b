using Cairn.Storage.Sessions;

namespace Cairn.Storage.Chm.Conversion;

/// <summary>The arrays of a session that are values over triangles: of one dimension with as many elements as there are triangles, or of
/// two, the last of which is that; then each row is a layer, or has a name of its own.</summary>
internal sealed class NamedArrays
{
    private readonly List<Leaf> _leaves = [];
    private readonly List<string> _leftOut = [];
    private readonly SessionReader _session;
    private readonly MeshNames? _names;

    private NamedArrays(SessionReader session, MeshNames? names)
    {
        (_session, _names) = (session, names);
        foreach (var id in session.StateIds)
        {
            if (names is not null && names.StateId != id)
            {
                _leftOut.Add($"The state {id}: it is not a state of the mesh.");
                continue;
            }

            foreach (var (field, payload) in session.State(id).Fields)
                Collect(id, field, payload);
        }
    }

    /// <summary>Everything over triangles, in the order of their numbers, and what is not.</summary>
    /// <exception cref="DataException">There is nothing over triangles; the message lists what there is.</exception>
    public static (ChmRankState State, IReadOnlyList<string> LeftOut) Of(SessionReader session, MeshNames? names)
    {
        var arrays = new NamedArrays(session, names);
        return (arrays.Read(), arrays._leftOut);
    }

    private ChmRankState Read()
    {
        var ids = _names?.GlobalIds.ToArray() ?? GlobalIds() ?? throw Nothing();
        var order = Enumerable.Range(0, ids.Length).OrderBy(i => ids[i]).ToArray();
        var variables = new Dictionary<string, ChmVariable>();
        foreach (var variable in _leaves.Where(l => !l.IsNumbers).SelectMany(leaf => Variables(leaf, order)))
        {
            if (!variables.TryAdd(variable.Name, variable))
                _leftOut.Add($"Another {variable.Name}: a CHM checkpoint holds one of each name.");
        }

        return variables.Count > 0
            ? new ChmRankState(new ChmTriangles([.. order.Select(i => ids[i])]), [.. variables.Values])
            : throw Nothing();
    }

    /// <summary>The triangles' numbers, or those from 0 on if they are not stored; null if nothing is over triangles.</summary>
    private long[]? GlobalIds()
    {
        if (_leaves.Find(l => l is { IsNumbers: true, Array.Shape.Count: 1 })?.Array is { } told)
            return Array.ConvertAll(Doubles(told), value => (long)value);

        var length = _leaves.Where(l => l.Array is { Shape.Count: 1, Length: > 0 }).GroupBy(l => (int)l.Array!.Length)
            .OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key).FirstOrDefault()?.Key;
        if (length is not { } count)
            return null;

        _leftOut.Add($"Nothing. The triangles' numbers are not stored; they are assumed to be 0 to {count - 1}.");
        return [.. Enumerable.Range(0, count).Select(i => (long)i)];
    }

    private IEnumerable<ChmVariable> Variables(Leaf leaf, int[] order)
    {
        var layers = leaf.Array?.Shape switch
        {
            [var length] when length == order.Length => 1,
            [var rows, var columns] when columns == order.Length => (int)rows,
            _ => 0,
        };
        if (layers == 0)
        {
            _leftOut.Add($"{leaf.Name}, {leaf.What}: not float64 over {order.Length} triangles, and not convertible to it.");
            return [];
        }

        var values = Doubles(leaf.Array!);
        return Enumerable.Range(0, layers).Select(layer => new ChmVariable(
            NameOf(leaf, layer, layers), [.. order.Select(i => values[(layer * order.Length) + i])]));
    }

    private string NameOf(Leaf leaf, int layer, int layers) => leaf.Array!.Shape.Count == 1 ? leaf.Name
        : _names?.Variables.Count == layers ? _names.Variables[layer]
        : string.Create(CultureInfo.InvariantCulture, $"{leaf.Name}[{layer}]");

    private void Collect(string state, string name, Payload payload)
    {
        switch (payload)
        {
            case DictPayload dict:
                foreach (var (key, item) in dict.Items)
                    Collect(state, key.Contains(':', StringComparison.Ordinal) ? key : $"{name}.{key}", item);

                break;
            case DataclassPayload nested:
                foreach (var (key, item) in nested.Fields)
                    Collect(state, $"{name}.{key}", item);

                break;
            default:
                var full = name.Contains(':', StringComparison.Ordinal) ? name : $"{state.Split('.')[^1]}:{name}";
                var array = payload is StoredArray stored && IsNumeric(stored.DType) ? _session.Array(state, stored) : null;
                var what = payload is ArrayPayload any ? $"{any.DType.Name} {ArrayShape.Text(array?.Shape ?? any.Shape)}" : payload.Kind;
                _leaves.Add(new Leaf(full.Replace('/', '.'), what, array));
                break;
        }
    }

    private DataException Nothing() => new($"{_session.SessionId} has no arrays over triangles, which is all that a CHM checkpoint can "
        + $"contain. It has: {string.Join(", ", _leaves.Select(l => $"{l.Name} ({l.What})"))}.");

    private static double[] Doubles(NdArray array) => (array.DType.Kind, array.DType.ItemSize) switch
    {
        ('f', 8) => array.AsSpan<double>().ToArray(),
        ('f', 4) => Array.ConvertAll(array.AsSpan<float>().ToArray(), v => (double)v),
        ('i', 8) => Array.ConvertAll(array.AsSpan<long>().ToArray(), v => (double)v),
        _ => Array.ConvertAll(array.AsSpan<int>().ToArray(), v => (double)v),
    };

    private static bool IsNumeric(NpyDType type) => (type.Kind, type.ItemSize) is ('f', 8) or ('f', 4) or ('i', 8) or ('i', 4);

    private sealed record Leaf(string Name, string What, NdArray? Array)
    {
        /// <summary>Whether it holds the triangles' numbers: <c>global_id</c> in whatever spelling.</summary>
        public bool IsNumbers => Name.Split(':', '.')[^1].Replace("_", "", StringComparison.Ordinal)
            .Equals("globalid", StringComparison.OrdinalIgnoreCase);
    }
}
