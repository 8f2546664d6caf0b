namespace Cairn.Engine.Models.Harmonics;

/// <summary>The layout of spectral tables of triangular truncation T: columns m = 0 … T, and in each l = n - m = 0 … <see cref="Rows"/> -
/// 1.</summary>
/// <remarks>Columns reach degree T + 1, which the winds have; their number of rows is even, to split by parity about the equator.</remarks>
internal readonly record struct SpectralShape(int Truncation)
{
    internal int Columns => Truncation + 1;
    internal int Rows => 2 * ((Truncation + 3) / 2);
    internal int Count => Columns * Rows;
    internal int Index(int m, int l) => m * Rows + l;

    /// <summary>A table [m, l] of a function of (m, n), zero beyond degree T.</summary>
    internal double[] Fill(Func<int, int, double> value) => Fill(value, Truncation);

    /// <summary>A table [m, l] of a function of (m, n), zero beyond a degree.</summary>
    internal double[] Fill(Func<int, int, double> value, int lastDegree)
    {
        var table = new double[Count];
        for (var m = 0; m < Columns; m++)
        {
            for (var l = 0; l < Rows && m + l <= lastDegree; l++)
                table[Index(m, l)] = value(m, m + l);
        }
        return table;
    }
}

/// <summary>Makes the tables of the spectral models, worked out in double precision, buffers of their modules.</summary>
internal static class Tables
{
    internal static Tensor Place(double[] values, ReadOnlySpan<long> size, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        return Tensors.From(values, size).to(dtype, device).DetachFromDisposeScope();
    }
}
