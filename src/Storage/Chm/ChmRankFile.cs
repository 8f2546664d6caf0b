using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Chm;

/// <summary>The NetCDF file of one rank, read into memory. A message about it names the file and what is wrong with it.</summary>
internal sealed class ChmRankFile : IDisposable
{
    /// <summary>The most that deflating can save (zlib, "Maximum Expansion Factor"): what claims more is no file of this size.</summary>
    private const long MostExpansion = 1032;

    private readonly NetCdfFile _file;

    private ChmRankFile(NetCdfFile file)
    {
        _file = file;
        GlobalIds = [];
    }

    /// <summary>The triangles that it holds, in its order.</summary>
    public long[] GlobalIds { get; private set; }

    /// <summary>The names of its arrays, in its order, <c>global_id</c> left out.</summary>
    public IReadOnlyList<string> Variables { get; private set; } = [];

    /// <exception cref="DataException">It is no rank file of CHM's, or of another time.</exception>
    public static ChmRankFile Open(byte[] bytes, string path, ChmTime time)
    {
        var file = new ChmRankFile(NetCdfFile.OpenInMemory(bytes, path));
        try
        {
            file.RequireTime(time);
            file.ReadContents(bytes.LongLength);
            return file;
        }
        catch (DataException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>One of its arrays, as it is stored.</summary>
    /// <exception cref="DataException">It has none of that name.</exception>
    public double[] Read(string variable) => _file.ReadStored(_file.Variable(variable));
    public void Dispose() => _file.Dispose();

    private void RequireTime(ChmTime expected)
    {
        if (_file.Attributes.GetValueOrDefault(ChmNames.RestartSeconds)?.Numbers is not [var seconds])
            throw Defect($"it has no attribute {ChmNames.RestartSeconds}; expected the seconds since 1970 of {expected.Name}");

        if (!ChmTime.TryFromSeconds(seconds, out var found) || found != expected)
            throw Defect(string.Create(
                CultureInfo.InvariantCulture,
                $"its {ChmNames.RestartSeconds} is {seconds}; expected {expected.Seconds} ({expected.Name}), as the JSON says"));

        if (_file.Attributes.GetValueOrDefault(ChmNames.RestartTime)?.Text is { } text && text != expected.Text)
            throw Defect($"its {ChmNames.RestartTime} is '{text}'; expected '{expected.Text}', as its {ChmNames.RestartSeconds} says");
    }

    private void ReadContents(long bytes)
    {
        var triangles = _file.Dimensions.FirstOrDefault(d => d.Name == ChmNames.Triangles)?.Length
            ?? throw Defect($"it has no dimension {ChmNames.Triangles}");
        if (triangles < 1 || triangles > Array.MaxLength / sizeof(double) || triangles > bytes * MostExpansion / sizeof(double))
            throw Defect($"it claims {triangles} triangles, which {bytes} bytes cannot hold");

        foreach (var variable in _file.Variables)
        {
            if (variable.Type != NetCdfType.Double || variable.Dimensions is not [{ Name: ChmNames.Triangles }])
                throw Defect($"{variable} is of type {variable.Type}; expected a double for each triangle ({ChmNames.Triangles})");
        }

        if (!_file.TryGetVariable(ChmNames.GlobalId, out _))
            throw Defect($"it has no variable {ChmNames.GlobalId}, which says which triangles it holds");

        Variables = [.. _file.Variables.Select(v => v.Name).Where(n => n != ChmNames.GlobalId)];
        GlobalIds = ReadGlobalIds();
    }

    private long[] ReadGlobalIds()
    {
        var stored = Read(ChmNames.GlobalId);
        var ids = new long[stored.Length];
        var seen = new HashSet<long>(stored.Length);
        for (var i = 0; i < stored.Length; i++)
        {
            if (!(stored[i] >= 0 && stored[i] <= ChmTriangles.MostGlobalId && Math.Floor(stored[i]) == stored[i]))
                throw Defect(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the {ChmNames.GlobalId} of its triangle {i} is {stored[i]}; expected a whole number from 0"));

            ids[i] = (long)stored[i];
            if (!seen.Add(ids[i]))
                throw Defect($"the {ChmNames.GlobalId} {ids[i]} appears twice");
        }

        return ids;
    }

    private DataException Defect(string what) => new($"{_file.Path} is not part of a CHM checkpoint: {what}. Inspect it with: ncdump -h "
        + $"{_file.Path}");
}
