using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Processes;

namespace Cairn.Engine.Runs;

/// <summary>What a mesh model needs.</summary>
/// <param name="Path">Absolute path of the mesh.</param>
/// <param name="Weather">The forcing.</param>
/// <param name="Modules">Names of the modules.</param>
/// <param name="Processes">What the modules are told.</param>
public sealed record MeshSpec(string Path, WeatherSpec Weather, IReadOnlyList<string> Modules, ProcessSettings Processes)
{
    /// <summary>Absolute path of the triangles' parameters, or null for none.</summary>
    public string? Parameters { get; init; }

    /// <summary>The number of the one triangle of point mode, or null for the whole mesh.</summary>
    public int? Point { get; init; }
}

/// <summary>A record of weather.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Format">Its form.</param>
public sealed record WeatherSpec(string Path, ForcingFormat Format);
