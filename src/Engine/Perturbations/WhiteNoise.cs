using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;

namespace Cairn.Engine.Perturbations;

/// <summary>No structure: every grid point by itself.</summary>
public sealed class WhiteNoise(LatLonGrid grid) : INoise
{
    public (int Latitudes, int Longitudes) Shape { get; } = (grid.Latitudes.Count, grid.Longitudes.Count);

    public int Numbers => Shape.Latitudes * Shape.Longitudes;

    public IReadOnlyList<double[]> Fields(IReadOnlyList<double[]> numbers) => numbers;
}

/// <summary>White noise in a spec.</summary>
internal sealed class WhiteNoiseKind() : NoiseKind(Name, "each grid point by itself")
{
    /// <summary>Its word.</summary>
    public const string Name = "gaussian";

    public override Func<SettingReader, NoiseSpec> Declare(SettingSection<NoiseSpec> section) => _ => Usual;

    public override INoise Create(NoiseSpec spec, LatLonGrid grid) => new WhiteNoise(grid);
}
