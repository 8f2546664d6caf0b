using System.Numerics;

namespace Cairn.Engine.Models.ShallowWater;

/// <summary>The numbers that a step multiplies with, rounded once to the element type.</summary>
/// <param name="DtOver8">Time between the older level and the new one, over 8.</param>
/// <param name="DtOverDx">The same time over the distance of columns.</param>
/// <param name="DtOverDy">The same time over the distance of rows.</param>
/// <param name="FourOverDx">Four over the distance of columns.</param>
/// <param name="FourOverDy">Four over the distance of rows.</param>
/// <param name="FourF">Four times the Coriolis parameter.</param>
/// <param name="Filter">The filter's coefficient.</param>
/// <param name="KeepsEnergy">Which of the two schemes.</param>
internal readonly record struct StepFactors<T>(
    T DtOver8, T DtOverDx, T DtOverDy, T FourOverDx, T FourOverDy, T FourF, T Filter, bool KeepsEnergy)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <param name="options">The model.</param>
    /// <param name="seconds">Time between the older level and the new one: two steps for leapfrog.</param>
    public static StepFactors<T> Of(ShallowWaterOptions options, double seconds) => new(
        T.CreateChecked(seconds / 8),
        T.CreateChecked(seconds / options.Plane.Dx),
        T.CreateChecked(seconds / options.Plane.Dy),
        T.CreateChecked(4 / options.Plane.Dx),
        T.CreateChecked(4 / options.Plane.Dy),
        T.CreateChecked(4 * options.Plane.Coriolis),
        T.CreateChecked(options.Filter),
        options.Scheme == ShallowWaterScheme.Energy);
}
