using Cairn.Engine.Runs;

namespace Cairn.Engine.Sources.Regridding;

/// <summary>
/// For each row or column of the target, which of the source it is made of and with what weights. All methods here are products of one
/// such list for latitudes and one for longitudes.
/// </summary>
internal sealed class AxisWeights
{
    private readonly (int Index, double Weight)[][] _parts;

    private AxisWeights((int Index, double Weight)[][] parts) => _parts = parts;

    /// <summary>How many rows or columns the target has.</summary>
    internal int Count => _parts.Length;

    /// <summary>The parts of one, in the source's growing order; the weights add up to one.</summary>
    internal ReadOnlySpan<(int Index, double Weight)> this[int target] => _parts[target];

    /// <exception cref="SpecException">The target reaches beyond the source; the message names the box.</exception>
    internal static AxisWeights Of(GridAxis from, GridAxis to, IReadOnlyList<double> targets, RegridMethod method) => new(method switch
    {
        RegridMethod.Conservative => OverlapWeights.Of(from, to),
        RegridMethod.Nearest => [.. targets.Select(at => PointWeights.Nearest(from, at))],
        _ => [.. targets.Select(at => PointWeights.Linear(from, at))],
    });
}
