namespace Cairn.Engine.Mesh.Modules;

/// <summary>The variables of one rank's modules: an array of its triangles each, ghosts last.</summary>
public sealed class MeshVariables
{
    private readonly string[] _names;
    private readonly double[][] _values;
    private readonly int _own;

    /// <param name="names">The variables.</param>
    /// <param name="own">The rank's own triangles.</param>
    /// <param name="local">The same with its ghosts.</param>
    public MeshVariables(IEnumerable<string> names, int own, int local)
    {
        _names = [.. names];
        _values = [.. _names.Select(_ => new double[local])];
        _own = own;
    }

    /// <summary>A variable's index, or -1.</summary>
    public int IndexOf(string name) => Array.IndexOf(_names, name);

    /// <summary>A variable with its ghosts.</summary>
    public double[] All(int index) => _values[index];

    /// <summary>A variable of the rank's own triangles.</summary>
    public Span<double> Own(int index) => _values[index].AsSpan(0, _own);
}
