using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.ShallowWater;

/// <summary>
/// What the equations keep, as means over the plane on the C-grid (Sadourny 1975): mass as p (m²/s²), total energy ½ (p u² + p v² + p²) in
/// m⁴/s⁴, and potential enstrophy ½ p q², where q = (vorticity + f) / p.
/// </summary>
/// <remarks>Mass is kept to rounding; of the others each scheme keeps one but for the error of the time step.</remarks>
public readonly record struct ShallowWaterTotals(double Mass, double Energy, double PotentialEnstrophy)
{
    /// <summary>The totals of the level now of each member of a state <c>[batch, 6, row, column]</c>.</summary>
    public static IReadOnlyList<ShallowWaterTotals> Of(Tensor state, ShallowWaterPlane plane)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(plane);
        using var doubles = state.to(ScalarType.Float64, CPU);
        var values = doubles.ToArray<double>();
        var size = ShallowWaterSlab<double>.Levels * plane.Size;
        return [.. Enumerable.Range(0, values.Length / size).Select(b => Of(values.AsSpan(b * size, 3 * plane.Size), plane))];
    }

    private static ShallowWaterTotals Of(ReadOnlySpan<double> now, ShallowWaterPlane plane)
    {
        var (width, rows, size) = (plane.Columns, plane.Rows, plane.Size);
        var u = now[..size];
        var v = now.Slice(size, size);
        var p = now[(2 * size)..];
        var vorticity = new double[size];
        VorticityRows<double>.OfWhole(plane, now, vorticity);
        double mass = 0, energy = 0, enstrophy = 0;
        for (var at = 0; at < size; at++)
        {
            var (j, i) = Math.DivRem(at, width);
            var (row, west) = (j * width, i == 0 ? width - 1 : i - 1);
            var south = (j == 0 ? rows - 1 : j - 1) * width;
            mass += p[at];
            var (wind, northward) = ((p[at] + p[row + west]) * u[at] * u[at], (p[at] + p[south + i]) * v[at] * v[at]);
            energy += 0.5 * ((p[at] * p[at]) + (0.5 * (wind + northward)));
            var corner = 0.25 * (p[at] + p[row + west] + p[south + i] + p[south + west]);
            enstrophy += 0.5 * (vorticity[at] + plane.Coriolis) * (vorticity[at] + plane.Coriolis) / corner;
        }

        return new ShallowWaterTotals(mass / size, energy / size, enstrophy / size);
    }
}
