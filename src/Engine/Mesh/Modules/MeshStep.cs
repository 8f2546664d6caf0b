using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Partition;

namespace Cairn.Engine.Mesh.Modules;

/// <summary>One step, as a module sees it: the time, the forcing, and the triangles that it is to step.</summary>
public readonly struct MeshStep
{
    private readonly MeshVariables _variables;
    private readonly ForcingRow _forcing;
    private readonly GhostExchange _ghosts;

    internal MeshStep(MeshVariables variables, ForcingRow forcing, GhostExchange ghosts, double seconds, int first, int count) =>
        (_variables, _forcing, _ghosts, Seconds, First, Count) = (variables, forcing, ghosts, seconds, first, count);

    /// <summary>When the step begins, in the time of the forcing.</summary>
    public DateTime Time => _forcing.Time;

    /// <summary>How long it is.</summary>
    public double Seconds { get; }

    /// <summary>Local index of the first triangle to step.</summary>
    public int First { get; }

    /// <summary>How many triangles to step.</summary>
    public int Count { get; }

    /// <summary>A value of the forcing, by <see cref="ModuleSetup.Column"/>.</summary>
    public double Forcing(int column) => _forcing[column];

    /// <summary>A variable of the triangles to step, by <see cref="ModuleSetup.Variable"/>.</summary>
    public Span<double> Of(int variable) => _variables.All(variable).AsSpan(First, Count);

    /// <summary>A variable of all local triangles, ghosts last; they are those of the last <see cref="FillGhosts"/>.</summary>
    public double[] All(int variable) => _variables.All(variable);

    /// <summary>Fills the ghosts of quantities by local index with what the ranks that own them have. Collective: modules that are
    /// <see cref="ModuleParallelism.Domain"/> call it, as often on every rank.</summary>
    public void FillGhosts(params ReadOnlySpan<double[]> quantities) => _ghosts.Fill(quantities);

    /// <summary>The same step for some of the triangles.</summary>
    internal MeshStep Part(int first, int count) => new(_variables, _forcing, _ghosts, Seconds, first, count);
}

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

/// <summary>What a module gets to know once.</summary>
/// <param name="module">The module.</param>
/// <param name="part">The rank's triangles.</param>
/// <param name="variables">The variables of all modules.</param>
/// <param name="forcing">The forcing.</param>
/// <param name="step">How far a step goes.</param>
public sealed class ModuleSetup(
    IModule module, MeshPart part, MeshVariables variables, ForcingSeries forcing, TimeSpan step)
{
    public MeshPart Part => part;
    public MeshVariables Variables => variables;
    public TimeSpan Step => step;

    /// <summary>The index of a variable that the module named as its own, or as one that it depends on or alters.</summary>
    /// <exception cref="SpecException">It named no such variable.</exception>
    public int Variable(string name)
    {
        var named = module.Provides.Concat(module.Depends).Concat(module.Alters).Contains(name, StringComparer.Ordinal);
        return named && variables.IndexOf(name) is var index and >= 0
            ? index
            : throw new SpecException($"The module {module.Name} uses the variable {name}, which it neither provides, depends on nor "
                + "alters; expected one that it names.");
    }

    /// <summary>The column of the forcing that the module named.</summary>
    /// <exception cref="SpecException">The forcing has no such column.</exception>
    public int Column(string name)
    {
        var column = forcing.Columns.ToList().IndexOf(name);
        return column >= 0
            ? column
            : throw new SpecException($"The module {module.Name} needs {name}, which {forcing.Source} does not give; it gives "
                + $"{string.Join(", ", forcing.Columns)}. Name a forcing that has it, or leave the module out.");
    }
}
