using Cairn.Engine.Models;

namespace Cairn.Engine.Runs;

/// <summary>A regular latitude-longitude grid by its ends (<c>initial.grid</c>, <c>initial.regrid</c>).</summary>
/// <param name="Latitude">Degrees north, in the order of the fields' rows.</param>
/// <param name="Longitude">Degrees east, eastward, at most once around the globe without a repeated end.</param>
public sealed record GridSpec(AxisSpec Latitude, AxisSpec Longitude)
{
    /// <summary>The grid with every coordinate.</summary>
    public LatLonGrid ToGrid() => new(Latitude.Values(), Longitude.Values());
}

/// <summary>Evenly spaced coordinates.</summary>
/// <param name="First">The first, degrees.</param>
/// <param name="Last">The last, degrees.</param>
/// <param name="Count">How many, both ends among them.</param>
public sealed record AxisSpec(double First, double Last, int Count)
{
    /// <summary>The coordinates; both ends are exact.</summary>
    public double[] Values() =>
        [.. Enumerable.Range(0, Count).Select(i => i == Count - 1 ? Last : First + ((Last - First) * i / (Count - 1)))];

    /// <inheritdoc/>
    public override string ToString() =>
        $"[{SpecText.Number(First)}, {SpecText.Number(Last)}, {Count.ToString(System.Globalization.CultureInfo.InvariantCulture)}]";
}

/// <summary>Another grid for the initial fields (<c>initial.regrid</c>).</summary>
/// <param name="Grid">Where they are wanted.</param>
/// <param name="Method">How they are brought there.</param>
public sealed record RegridSpec(GridSpec Grid, RegridMethod Method);
