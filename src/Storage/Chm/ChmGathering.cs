namespace Cairn.Storage.Chm;

/// <summary>Collects the state of some triangles from the files of those ranks that held them.</summary>
internal sealed class ChmGathering(ChmTriangles triangles, IReadOnlyList<string> variables)
{
    private const int Shown = 5;

    private readonly string?[] _from = new string?[triangles.Count];
    private readonly double[]?[] _values = new double[]?[variables.Count];
    private int _found;

    public bool IsComplete => _found == triangles.Count;

    /// <exception cref="DataException">A triangle was in an earlier file as well, or a variable is missing.</exception>
    public void Take(ChmRankFile file, string path)
    {
        var places = new List<(int Here, int There)>();
        for (var there = 0; there < file.GlobalIds.Length; there++)
        {
            if (triangles.TryFind(file.GlobalIds[there], out var here))
            {
                if (_from[here] is { } earlier)
                    throw ChmCheckpoint.Twice(file.GlobalIds[there], earlier, path);

                _from[here] = path;
                places.Add((here, there));
            }
        }

        _found += places.Count;
        var whole = places.Count == triangles.Count && file.GlobalIds.Length == triangles.Count
            && places.TrueForAll(p => p.Here == p.There);
        for (var i = 0; i < variables.Count && places.Count > 0; i++)
        {
            if (!file.Variables.Contains(variables[i], StringComparer.Ordinal))
                throw new DataException(
                    $"{path} lacks the variable {variables[i]}. Its variables are: {string.Join(", ", file.Variables)}.");

            var stored = file.Read(variables[i]);
            _values[i] = whole ? stored : Scattered(_values[i], stored, places);
        }
    }

    /// <exception cref="DataException">Triangles are missing.</exception>
    public ChmRankState Result(string checkpoint)
    {
        if (!IsComplete)
        {
            var missing = triangles.GlobalIds.Where((_, place) => _from[place] is null).ToList();
            throw new DataException($"{checkpoint} holds no state of {missing.Count} of the mesh's triangles: none of its files has the "
                + $"global_id {string.Join(", ", missing.Take(Shown))}{(missing.Count > Shown ? ", …" : "")}. "
                + "It is the checkpoint of another mesh.");
        }

        return new ChmRankState(triangles, [.. variables.Select((name, i) => new ChmVariable(name, _values[i]!))]);
    }

    private double[] Scattered(double[]? values, double[] stored, List<(int Here, int There)> places)
    {
        values ??= new double[triangles.Count];
        foreach (var (here, there) in places)
            values[here] = stored[there];

        return values;
    }
}

/// <summary>The triangles of the mesh that one holder has, in its own order.</summary>
public sealed class ChmTriangles
{
    private readonly double[] _asStored;
    private readonly Dictionary<long, int> _places;

    /// <param name="globalIds">Numbers of triangles in the whole mesh; each at most once, and at least one.</param>
    /// <exception cref="SpecException">There is none, one is negative, or one appears twice.</exception>
    public ChmTriangles(IReadOnlyCollection<long> globalIds)
    {
        if (globalIds.Count == 0)
            throw new SpecException("A rank without triangles cannot be checkpointed: CHM's files hold one triangle at least. "
                + "Use fewer ranks.");

        GlobalIds = [.. globalIds];
        _asStored = new double[GlobalIds.Count];
        _places = new Dictionary<long, int>(GlobalIds.Count);
        for (var place = 0; place < GlobalIds.Count; place++)
        {
            var id = GlobalIds[place];
            if (id is < 0 or > MostGlobalId || !_places.TryAdd(id, place))
                throw new SpecException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The global_id {id} of a rank's triangle {place} is negative, too large or a duplicate."));

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

    /// <summary>A triangle's place in this order; false if it is not held.</summary>
    internal bool TryFind(long globalId, out int place) => _places.TryGetValue(globalId, out place);
}

/// <summary>One array of a module's state.</summary>
/// <param name="Name"><c>module:variable</c>, or <c>module:variable[2]</c> for a layer.</param>
/// <param name="Values">One value for each triangle.</param>
public sealed record ChmVariable(string Name, double[] Values);

/// <summary>What one rank holds at a boundary.</summary>
/// <param name="Triangles">Its triangles.</param>
/// <param name="Variables">The state of all its modules, in the order in which files list it; names differ.</param>
public sealed record ChmRankState(ChmTriangles Triangles, IReadOnlyList<ChmVariable> Variables)
{
    private const int MostNameBytes = 255;

    /// <exception cref="SpecException">A name cannot stand in a NetCDF file, is there twice, or its array is of another length.</exception>
    internal void Require()
    {
        var names = new HashSet<string> { ChmNames.GlobalId, ChmNames.Triangles };
        foreach (var variable in Variables)
        {
            if (!IsName(variable.Name) || !names.Add(variable.Name))
                throw new SpecException($"A module's state cannot be checkpointed under the name '{variable.Name}': expected "
                    + "module:variable or module:variable[k], each once, without '/' or control characters, and neither global_id nor "
                    + "tri_id.");

            if (variable.Values.Length != Triangles.Count)
                throw new SpecException(
                    $"The state {variable.Name} has {variable.Values.Length} values for {Triangles.Count} triangles; expected one each.");
        }
    }

    /// <summary>The rules of NetCDF's names (NetCDF User's Guide, "Permitted characters in names").</summary>
    private static bool IsName(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MostNameBytes && (char.IsLetterOrDigit(name[0]) || name[0] == '_')
        && name[^1] != ' ' && !name.Any(c => c == '/' || char.IsControl(c));
}
