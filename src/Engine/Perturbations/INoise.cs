namespace Cairn.Engine.Perturbations;

/// <summary>
/// Gives random numbers a structure in space: turns independent standard normal numbers into fields of mean zero and variance one.
/// </summary>
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
