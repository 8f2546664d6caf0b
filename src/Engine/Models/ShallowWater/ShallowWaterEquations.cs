using TorchSharp;

namespace Cairn.Engine.Models.ShallowWater;

/// <summary>The step of <see cref="RowSweep{T}"/> as operations on tensors, for devices where that kernel cannot run: the formulas of
/// Sadourny (1975, J. Atmos. Sci. 32, 680-689) on the C-grid, in the kernel's order of operations, so that on the CPU it gives the same
/// bits.</summary>
/// <remarks>A state is [b, 6, row, column]: u, v, p now, then their older level; rows run from south to north.</remarks>
internal sealed class ShallowWaterEquations(ShallowWaterOptions options) : nn.Module<Tensor, Tensor>(nameof(ShallowWaterEquations))
{
    /// <summary>One leapfrog step of a state.</summary>
    public override Tensor forward(Tensor x) => Step(x, StepFactors<double>.Of(options, 2 * options.Step.TotalSeconds));

    /// <summary>Fields [b, 3, row, column] to a state: they are the level now, and one step backward from them is the older
    /// level.</summary>
    internal Tensor Init(Tensor fields)
    {
        using var scope = NewDisposeScope();
        var back = Step(cat([fields, fields], 1), StepFactors<double>.Of(options, -options.Step.TotalSeconds));
        return cat([fields, back.narrow(1, 0, 3)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>A state to u, v, p and relative vorticity, [b, 4, row, column].</summary>
    internal Tensor Fields(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (u, v) = (x.narrow(1, 0, 1), x.narrow(1, 1, 1));
        var vorticity = (v - West(v)).Times(1 / options.Plane.Dx) - (u - South(u)).Times(1 / options.Plane.Dy);
        return cat([x.narrow(1, 0, 3), vorticity], 1).MoveToOuterDisposeScope();
    }

    private static Tensor Step(Tensor x, StepFactors<double> by)
    {
        using var scope = NewDisposeScope();
        var (now, older) = (x.narrow(1, 0, 3), x.narrow(1, 3, 3));
        var next = Next(now.unbind(1), older.unbind(1), by);
        // The Robert-Asselin filter.
        var filtered = now.Plus((next - now.Times(2)).Plus(older).Times(by.Filter));
        return cat([next, filtered], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The new level of u, v and p.</summary>
    private static Tensor Next(Tensor[] now, Tensor[] older, StepFactors<double> by)
    {
        var (u, v, p) = (now[0], now[1], now[2]);
        // Mass fluxes, potential vorticity at the south-western corner, and head.
        var (cu, cv) = (p.Plus(West(p)).Times(0.5) * u, p.Plus(South(p)).Times(0.5) * v);
        var curl = ((v - West(v)).Times(by.FourOverDx) - (u - South(u)).Times(by.FourOverDy)).Plus(by.FourF);
        var z = curl / (West(South(p)).Plus(South(p)).Plus(p).Plus(West(p)));
        var h = p.Plus(East(u * u).Plus(u * u).Plus(North(v * v)).Plus(v * v).Times(0.25));
        var (turnU, turnV) = Turn(z, cu, cv, by);
        return stack(
        [
            older[0].Plus(turnU) - (h - West(h)).Times(by.DtOverDx),
            older[1] - turnV - (h - South(h)).Times(by.DtOverDy),
            older[2] - (East(cu) - cu).Times(by.DtOverDx) - (North(cv) - cv).Times(by.DtOverDy),
        ], 1);
    }

    /// <summary>Δt z cv and Δt z cu, averaged as the scheme says.</summary>
    private static (Tensor U, Tensor V) Turn(Tensor z, Tensor cu, Tensor cv, StepFactors<double> by)
    {
        var (zn, ze, cvn, cus) = (North(z), East(z), North(cv), South(cu));
        return by.KeepsEnergy
            ? ((zn * cvn.Plus(West(cvn))).Plus(z * West(cv).Plus(cv)).Times(2 * by.DtOver8),
               (ze * East(cu).Plus(East(cus))).Plus(z * cu.Plus(cus)).Times(2 * by.DtOver8))
            : (zn.Plus(z).Times(by.DtOver8) * cvn.Plus(West(cvn)).Plus(West(cv)).Plus(cv),
               ze.Plus(z).Times(by.DtOver8) * East(cu).Plus(cu).Plus(cus).Plus(East(cus)));
    }

    private static Tensor West(Tensor x) => x.roll(1, -1);
    private static Tensor East(Tensor x) => x.roll(-1, -1);
    private static Tensor South(Tensor x) => x.roll(1, -2);
    private static Tensor North(Tensor x) => x.roll(-1, -2);
}
