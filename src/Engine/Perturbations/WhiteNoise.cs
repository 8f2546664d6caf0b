using Cairn.Engine.Models;

namespace Cairn.Engine.Perturbations;

/// <summary>No structure: every grid point by itself.</summary>
public sealed class WhiteNoise(LatLonGrid grid) : INoise
{
    public (int Latitudes, int Longitudes) Shape { get; } = (grid.Latitudes.Count, grid.Longitudes.Count);

    public int Numbers => Shape.Latitudes * Shape.Longitudes;

    public IReadOnlyList<double[]> Fields(IReadOnlyList<double[]> numbers) => numbers;
}
