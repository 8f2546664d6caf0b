using System.Text;

namespace Cairn.Storage.Chm;

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
        var names = new HashSet<string>(StringComparer.Ordinal) { ChmNames.GlobalId, ChmNames.Triangles };
        foreach (var variable in Variables)
        {
            if (!IsName(variable.Name) || !names.Add(variable.Name))
            {
                throw new SpecException($"A module's state cannot be checkpointed under the name '{variable.Name}': expected "
                    + "module:variable or module:variable[k], each once, without '/' or control characters, and neither global_id nor "
                    + "tri_id.");
            }

            if (variable.Values.Length != Triangles.Count)
            {
                throw new SpecException(
                    $"The state {variable.Name} has {variable.Values.Length} values for {Triangles.Count} triangles; expected one each.");
            }
        }
    }

    /// <summary>The rules of NetCDF's names (NetCDF User's Guide, "Permitted characters in names").</summary>
    private static bool IsName(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MostNameBytes && (char.IsLetterOrDigit(name[0]) || name[0] == '_')
        && name[^1] != ' ' && !name.Any(c => c == '/' || char.IsControl(c));
}
