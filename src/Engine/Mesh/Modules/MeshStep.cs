using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Partition;

namespace Cairn.Engine.Mesh.Modules;

/// <summary>One step, as a module sees it: the time, the forcing, and the triangles that it is to step.</summary>
public readonly struct MeshStep
{
    private readonly MeshVariables _variables;
    private readonly ForcingRow _forcing;
    private readonly GhostExchange _ghosts;

    internal MeshStep(MeshVariables variables, ForcingRow forcing, GhostExchange ghosts, double seconds, int first, int count)
    {
        (_variables, _forcing, _ghosts, Seconds, First, Count) = (variables, forcing, ghosts, seconds, first, count);
    }

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

    /// <summary>
    /// Fills the ghosts of quantities by local index with what the ranks that own them have. Collective: modules that are
    /// <see cref="ModuleParallelism.Domain"/> call it, as often on every rank.
    /// </summary>
    public void FillGhosts(params ReadOnlySpan<double[]> quantities) => _ghosts.Fill(quantities);

    /// <summary>The same step for some of the triangles.</summary>
    internal MeshStep Part(int first, int count) => new(_variables, _forcing, _ghosts, Seconds, first, count);
}
