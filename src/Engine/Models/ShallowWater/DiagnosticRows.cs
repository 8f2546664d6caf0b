namespace Cairn.Engine.Models.ShallowWater;

/// <summary>What a step works out of one row and the row south of it: mass fluxes, potential vorticity and head, by the formulas of
/// Sadourny (1975) on the C-grid. A row is a circle; results repeat their first element after the last, or their last before the first,
/// where the following formulas reach over the seam.</summary>
/// <remarks>Vectors and what is left over of them follow the same order of operations, none of them fused, so that no bit depends on the
/// width of the machine's vectors.</remarks>
internal static unsafe class DiagnosticRows<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Half = T.CreateChecked(0.5);
    private static readonly T Quarter = T.CreateChecked(0.25);

    /// <summary>cu = ½ (p + p west) u; reaches over the eastern end.</summary>
    public static void EastwardFlux(T* p, T* u, T* cu, int n)
    {
        cu[0] = Half * (p[0] + p[n - 1]) * u[0];
        var i = 1;
        for (var half = new Vector<T>(Half); i <= n - Vector<T>.Count; i += Vector<T>.Count)
            (half * (Vector.Load(p + i) + Vector.Load(p + i - 1)) * Vector.Load(u + i)).Store(cu + i);
        for (; i < n; i++)
            cu[i] = Half * (p[i] + p[i - 1]) * u[i];
        cu[n] = cu[0];
    }

    /// <summary>cv = ½ (p + p south) v; reaches over the western end.</summary>
    public static void NorthwardFlux(T* p, T* south, T* v, T* cv, int n)
    {
        var i = 0;
        for (var half = new Vector<T>(Half); i <= n - Vector<T>.Count; i += Vector<T>.Count)
            (half * (Vector.Load(p + i) + Vector.Load(south + i)) * Vector.Load(v + i)).Store(cv + i);
        for (; i < n; i++)
            cv[i] = Half * (p[i] + south[i]) * v[i];
        cv[-1] = cv[n - 1];
    }

    /// <summary>z = (∂v/∂x - ∂u/∂y + f) / mean of the four p around the corner; reaches over the eastern end.</summary>
    public static void PotentialVorticity(in Corner rows, T* z, int n, in StepFactors<T> by)
    {
        T* u = rows.U, south = rows.USouth, v = rows.V, p = rows.P, below = rows.PSouth;
        z[0] = At(rows, 0, n - 1, by);
        var i = 1;
        var (dx, dy, f) = (new Vector<T>(by.FourOverDx), new Vector<T>(by.FourOverDy), new Vector<T>(by.FourF));
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            var curl = (dx * (Vector.Load(v + i) - Vector.Load(v + i - 1))) - (dy * (Vector.Load(u + i) - Vector.Load(south + i))) + f;
            (curl / (Vector.Load(below + i - 1) + Vector.Load(below + i) + Vector.Load(p + i) + Vector.Load(p + i - 1))).Store(z + i);
        }
        for (; i < n; i++)
            z[i] = At(rows, i, i - 1, by);
        z[n] = z[0];
    }

    /// <summary>h = p + ¼ (u² east + u² + v² north + v²); reaches over the western end.</summary>
    public static void Head(T* p, T* u, T* v, T* north, T* h, int n)
    {
        var i = 0;
        for (var quarter = new Vector<T>(Quarter); i <= n - 1 - Vector<T>.Count; i += Vector<T>.Count)
        {
            var (east, west, top, bottom) = (Vector.Load(u + i + 1), Vector.Load(u + i), Vector.Load(north + i), Vector.Load(v + i));
            (Vector.Load(p + i) + (quarter * ((east * east) + (west * west) + (top * top) + (bottom * bottom)))).Store(h + i);
        }
        for (; i < n; i++)
        {
            var east = u[i == n - 1 ? 0 : i + 1];
            h[i] = p[i] + (Quarter * ((east * east) + (u[i] * u[i]) + (north[i] * north[i]) + (v[i] * v[i])));
        }
        h[-1] = h[n - 1];
    }

    private static T At(in Corner rows, int i, int west, in StepFactors<T> by)
    {
        var curl = (by.FourOverDx * (rows.V[i] - rows.V[west])) - (by.FourOverDy * (rows.U[i] - rows.USouth[i])) + by.FourF;
        return curl / (rows.PSouth[west] + rows.PSouth[i] + rows.P[i] + rows.P[west]);
    }

    /// <summary>The rows that meet at a corner.</summary>
    internal readonly ref struct Corner(T* u, T* uSouth, T* v, T* p, T* pSouth)
    {
        public readonly T* U = u, USouth = uSouth, V = v, P = p, PSouth = pSouth;
    }
}

/// <summary>Relative vorticity of some consecutive rows, whole ones from west to east.</summary>
internal static class VorticityRows<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Relative vorticity at the south-western corner of each point.</summary>
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
