namespace Cairn.Engine.Models.ShallowWater;

/// <summary>The new level of one row, and its older level after the Robert-Asselin filter (Robert 1966, J. Meteor. Soc. Japan 44, 237-245;
/// Asselin 1972, Mon. Wea. Rev. 100, 487-490): x' = x + α (new - 2 x + older).</summary>
/// <remarks>The order of operations is that of the NCAR program; see <see cref="DiagnosticRows{T}"/> on vectors.</remarks>
internal static unsafe class PrognosticRows<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Two = T.One + T.One;

    /// <summary>u' = older + Δt z cv - Δt ∂h/∂x, where the scheme says how z and cv are averaged.</summary>
    public static void Eastward(in Flow flow, in Level level, int n, in StepFactors<T> by)
    {
        T* z = flow.Z, zn = flow.ZNorth, cv = flow.Cv, cvn = flow.CvNorth, h = flow.H;
        var i = 0;
        var (dt, dx, two) = (new Vector<T>(by.DtOver8), new Vector<T>(by.DtOverDx), new Vector<T>(Two));
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            var (a, b, c, d) = (Vector.Load(cvn + i), Vector.Load(cvn + i - 1), Vector.Load(cv + i - 1), Vector.Load(cv + i));
            var (q, qn) = (Vector.Load(z + i), Vector.Load(zn + i));
            var turn = by.KeepsEnergy ? dt * two * ((qn * (a + b)) + (q * (c + d))) : dt * (qn + q) * (a + b + c + d);
            level.Put(i, Vector.Load(level.Older + i) + turn - (dx * (Vector.Load(h + i) - Vector.Load(h + i - 1))), by.Filter);
        }
        for (; i < n; i++)
        {
            var turn = by.KeepsEnergy
                ? by.DtOver8 * Two * ((zn[i] * (cvn[i] + cvn[i - 1])) + (z[i] * (cv[i - 1] + cv[i])))
                : by.DtOver8 * (zn[i] + z[i]) * (cvn[i] + cvn[i - 1] + cv[i - 1] + cv[i]);
            level.Put(i, level.Older[i] + turn - (by.DtOverDx * (h[i] - h[i - 1])), by.Filter);
        }
    }

    /// <summary>v' = older - Δt z cu - Δt ∂h/∂y.</summary>
    public static void Northward(in Flow flow, in Level level, int n, in StepFactors<T> by)
    {
        T* z = flow.Z, cu = flow.Cu, cus = flow.CuSouth, h = flow.H, hs = flow.HSouth;
        var i = 0;
        var (dt, dy, two) = (new Vector<T>(by.DtOver8), new Vector<T>(by.DtOverDy), new Vector<T>(Two));
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            var (a, b, c, d) = (Vector.Load(cu + i + 1), Vector.Load(cu + i), Vector.Load(cus + i), Vector.Load(cus + i + 1));
            var (q, qe) = (Vector.Load(z + i), Vector.Load(z + i + 1));
            var turn = by.KeepsEnergy ? dt * two * ((qe * (a + d)) + (q * (b + c))) : dt * (qe + q) * (a + b + c + d);
            level.Put(i, Vector.Load(level.Older + i) - turn - (dy * (Vector.Load(h + i) - Vector.Load(hs + i))), by.Filter);
        }
        for (; i < n; i++)
        {
            var turn = by.KeepsEnergy
                ? by.DtOver8 * Two * ((z[i + 1] * (cu[i + 1] + cus[i + 1])) + (z[i] * (cu[i] + cus[i])))
                : by.DtOver8 * (z[i + 1] + z[i]) * (cu[i + 1] + cu[i] + cus[i] + cus[i + 1]);
            level.Put(i, level.Older[i] - turn - (by.DtOverDy * (h[i] - hs[i])), by.Filter);
        }
    }

    /// <summary>p' = older - Δt (∂cu/∂x + ∂cv/∂y): what flows out of one point flows into another, so that mass is kept.</summary>
    public static void Geopotential(in Flow flow, in Level level, int n, in StepFactors<T> by)
    {
        T* cu = flow.Cu, cv = flow.Cv, cvn = flow.CvNorth;
        var i = 0;
        var (dx, dy) = (new Vector<T>(by.DtOverDx), new Vector<T>(by.DtOverDy));
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            var east = dx * (Vector.Load(cu + i + 1) - Vector.Load(cu + i));
            level.Put(i, Vector.Load(level.Older + i) - east - (dy * (Vector.Load(cvn + i) - Vector.Load(cv + i))), by.Filter);
        }
        for (; i < n; i++)
            level.Put(i, level.Older[i] - (by.DtOverDx * (cu[i + 1] - cu[i])) - (by.DtOverDy * (cvn[i] - cv[i])), by.Filter);
    }

    /// <summary>What was worked out around a row.</summary>
    internal readonly ref struct Flow(T* cu, T* cuSouth, T* cv, T* cvNorth, T* z, T* zNorth, T* h, T* hSouth)
    {
        public readonly T* Cu = cu, CuSouth = cuSouth, Cv = cv, CvNorth = cvNorth, Z = z, ZNorth = zNorth, H = h, HSouth = hSouth;
    }

    /// <summary>One variable's row: its levels now and before, and where the new ones go.</summary>
    internal readonly ref struct Level(T* now, T* older, T* next, T* filtered)
    {
        public readonly T* Older = older;
        private readonly T* _now = now, _next = next, _filtered = filtered;

        public void Put(int i, Vector<T> value, T filter)
        {
            value.Store(_next + i);
            var now = Vector.Load(_now + i);
            (now + (new Vector<T>(filter) * (value - (new Vector<T>(Two) * now) + Vector.Load(Older + i)))).Store(_filtered + i);
        }

        public void Put(int i, T value, T filter)
        {
            _next[i] = value;
            _filtered[i] = _now[i] + (filter * (value - (Two * _now[i]) + Older[i]));
        }
    }
}
