using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Geometry;
using Cairn.Engine.Mesh.Modules;
using Cairn.Engine.Models;

namespace Cairn.Engine.Mesh;

/// <summary>What a <see cref="MeshModel"/> is made of.</summary>
public sealed record MeshOptions
{
    /// <summary>The mesh; of one triangle in point mode.</summary>
    public required TriangleMesh Mesh { get; init; }

    /// <summary>The forcing, whose interval is the model's step.</summary>
    public required ForcingSeries Forcing { get; init; }

    /// <summary>Creates new modules for every rank.</summary>
    public required Func<IReadOnlyList<IModule>> Modules { get; init; }

    /// <summary>Lead time zero, in the time of the forcing.</summary>
    public required DateTime InitialTime { get; init; }

    /// <summary>How far a step goes; the interval of the forcing.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>Physical bounds by output variable.</summary>
    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();
}
