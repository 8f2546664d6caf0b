using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Processes;
using Cairn.Engine.Mesh.Reading;
using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Storage.NetCdf;

namespace Cairn.Engine.Mesh;

/// <summary>Makes the mesh model that a spec names.</summary>
internal static class MeshFactory
{
    /// <summary>The one state that it begins with by itself: that of its modules, no snow.</summary>
    public static IReadOnlyList<string> Cases { get; } = ["bare-ground"];

    /// <exception cref="DataException">A file cannot be used.</exception>
    /// <exception cref="SpecException">The modules do not go together, or not with the weather.</exception>
    public static MeshModel Create(ModelSpec spec, CfTime time, IReadOnlyDictionary<string, FieldBounds> bounds)
    {
        var settings = spec.Mesh!;
        var mesh = MeshReader.Read(settings.Path, settings.Parameters);
        return new MeshModel(new MeshOptions
        {
            Mesh = settings.Point is { } point ? mesh.Point(point) : mesh,
            Forcing = ForcingReader.Read(settings.Weather.Path, settings.Weather.Format),
            Modules = () => ProcessCatalog.Make(settings.Modules, settings.Processes),
            InitialTime = time.ToDateTime(),
            Step = spec.Step,
            Bounds = bounds,
        });
    }
}
