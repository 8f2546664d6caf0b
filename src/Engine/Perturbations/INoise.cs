using Cairn.Storage.Arrays;

namespace Cairn.Engine.Perturbations;

/// <summary>Gives random numbers a structure in space: turns independent standard normal numbers into fields of mean zero and variance
/// one.</summary>
/// <remarks>A pure function of the numbers, one field at a time: no field depends on another.</remarks>
public interface INoise
{
    /// <summary>Extents of a field: latitudes, longitudes.</summary>
    (int Latitudes, int Longitudes) Shape { get; }

    /// <summary>How many numbers make one field.</summary>
    int Numbers { get; }

    /// <summary>Makes one field, <c>[latitude, longitude]</c> in C order, of each list of <see cref="Numbers"/> numbers.</summary>
    IReadOnlyList<double[]> Fields(IReadOnlyList<double[]> numbers);
}

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

/// <summary>The generators of a gaussian perturbation, as checkpoints keep them.</summary>
[CheckpointState(Id = "cairn.GaussianState")]
public sealed class GaussianState
{
    /// <summary>Per member (six digits), the generator's state: a <c>uint8</c> array as PyTorch's <c>Generator.get_state</c> gives
    /// it.</summary>
    public Dictionary<string, NdArray> Generators { get; set; } = [];
}
