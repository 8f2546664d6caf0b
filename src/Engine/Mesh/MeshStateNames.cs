using Cairn.Engine.Mesh.Modules;
using Cairn.Engine.Mesh.Partition;
using Cairn.Engine.Mesh.Processes;
using Cairn.Engine.Mesh.Reading;

namespace Cairn.Engine.Mesh;

/// <summary>What the state <c>[state variable, triangle]</c> of a mesh run's sessions means, by its spec and its mesh.</summary>
/// <param name="Variables">The names of the rows: <c>module:variable</c>.</param>
/// <param name="GlobalIds">The triangles' numbers, in the order of the columns.</param>
/// <param name="InitialTime">When lead time zero is, in UTC.</param>
public sealed record MeshStateNames(IReadOnlyList<string> Variables, IReadOnlyList<int> GlobalIds, DateTime InitialTime)
{
    /// <summary>The meaning of a run's states; null for a run of another model. Reads the mesh, and no weather.</summary>
    /// <exception cref="DataException">The mesh cannot be read.</exception>
    public static MeshStateNames? Of(RunSpec spec)
    {
        if (spec.Model.Of<MeshSpec>() is not { } settings || spec.Initial.Time?.Text is not { } time)
            return null;
        var read = MeshReader.Read(settings.Path, settings.Parameters);
        var mesh = settings.Point is { } point ? read.Point(point) : read;
        return new MeshStateNames(
            new StateLayout(ModuleOrder.Of(ProcessCatalog.Make(settings.Modules, settings.Processes))).Names,
            [.. MeshOrder.Of(mesh).Select(place => mesh.GlobalIds[place])],
            CfTime.Parse(time, CfCalendar.Standard, out _).ToDateTime());
    }
}
