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
                {
                    throw ChmCheckpoint.Twice(file.GlobalIds[there], earlier, path);
                }

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
            {
                throw new DataException(
                    $"{path} lacks the variable {variables[i]}. Its variables are: {string.Join(", ", file.Variables)}.");
            }

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
        {
            values[here] = stored[there];
        }

        return values;
    }
}
