using System.Numerics;

namespace Cairn.Engine.Models.ShallowWater;

/// <summary>Relative vorticity of some consecutive rows, whole ones from west to east.</summary>
internal static class VorticityRows<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Relative vorticity at the south-western corner of each point.</summary>
    /// <param name="plane">Gives the distances and the length of a row.</param>
    /// <param name="now"><c>[3, row, column]</c>: u, v, p.</param>
    /// <param name="southU">u of the row south of the first.</param>
    /// <param name="vorticity"><c>[row, column]</c>.</param>
    public static void Of(ShallowWaterPlane plane, ReadOnlySpan<T> now, ReadOnlySpan<T> southU, Span<T> vorticity)
    {
        var (width, size) = (plane.Columns, now.Length / 3);
        var u = now[..size];
        var v = now.Slice(size, size);
        var (dx, dy) = (T.CreateChecked(1 / plane.Dx), T.CreateChecked(1 / plane.Dy));
        for (var row = 0; row < size; row += width)
        {
            var south = row == 0 ? southU : u.Slice(row - width, width);
            for (var i = 0; i < width; i++)
            {
                var west = i == 0 ? width - 1 : i - 1;
                vorticity[row + i] = (dx * (v[row + i] - v[row + west])) - (dy * (u[row + i] - south[i]));
            }
        }
    }

    /// <summary>The same of the whole plane, whose northernmost row lies south of its southernmost.</summary>
    public static void OfWhole(ShallowWaterPlane plane, ReadOnlySpan<T> now, Span<T> vorticity) =>
        Of(plane, now, now.Slice(plane.Size - plane.Columns, plane.Columns), vorticity);
}
