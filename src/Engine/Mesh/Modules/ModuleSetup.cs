using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Partition;

namespace Cairn.Engine.Mesh.Modules;

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
