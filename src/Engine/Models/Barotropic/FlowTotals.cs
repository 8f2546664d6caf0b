using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>
/// What an undamped flow conserves, as means over the sphere: kinetic energy in J/kg, enstrophy (half the squared vorticity) in 1/s².
/// </summary>
public readonly record struct FlowTotals(double Energy, double Enstrophy)
{
    /// <summary>The totals of each member of a state <c>[batch, m, 2, l]</c> of <see cref="BarotropicModel"/>.</summary>
    public static IReadOnlyList<FlowTotals> Of(Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var doubles = state.to(ScalarType.Float64, CPU);
        var values = doubles.ToArray<double>();
        var (members, columns, rows) = ((int)state.shape[0], (int)state.shape[1], (int)state.shape[3]);
        return [.. Enumerable.Range(0, members).Select(b => Of(values.AsSpan(b * columns * 2 * rows, columns * 2 * rows), columns, rows))];
    }

    private static FlowTotals Of(ReadOnlySpan<double> member, int columns, int rows)
    {
        double energy = 0, enstrophy = 0;
        for (var index = 0; index < member.Length; index++)
        {
            var (m, l) = (index / (2 * rows), index % rows);
            var n = m + l;
            // Waves count twice, as m and -m; the functions are orthonormal over -1 … 1, hence the half.
            var power = 0.5 * (m == 0 ? 1 : 2) * member[index] * member[index];
            enstrophy += 0.5 * power;
            energy += n == 0 ? 0 : 0.5 * power * Earth.Radius * Earth.Radius / (n * (n + 1.0));
        }
        return new FlowTotals(energy, enstrophy);
    }
}
