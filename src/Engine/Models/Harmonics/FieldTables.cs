namespace Cairn.Engine.Models.Harmonics;

/// <summary>The tables of <see cref="FieldTransforms"/>, in C order: [m, row, l] to coefficients, [m, l, row] to fields.</summary>
internal sealed class FieldTables
{
    private readonly SpectralShape _shape;
    private readonly LatitudeQuadrature _quadrature;
    private readonly int _rows;

    internal FieldTables(SpectralShape shape, LatitudeRule latitudes)
    {
        _shape = shape;
        _quadrature = latitudes.Quadrature(shape.Truncation);
        _rows = latitudes.Colatitudes.Length;
        var functions = new LegendreTable(shape, _quadrature.Colatitudes);
        var (eastward, northward) = functions.Slopes();
        (CurlOfU, CurlOfV) = (Project(northward), Project(eastward));
        // Across a pole a wind turns its sign where a field does not: the series for m is that of winds for m + 1.
        Analysis = Project([.. functions.Values.Select(f => f * Earth.Radius)], turned: 1);
        var atRows = new LegendreTable(shape, latitudes.Colatitudes);
        var (acrossRows, alongRows) = atRows.Slopes();
        Values = atRows.Values;
        U = [.. alongRows.Select(d => -d / Earth.Radius)];
        V = [.. acrossRows.Select(d => d / Earth.Radius)];
    }

    /// <summary>f(n,m) = ∫ f(m) P dμ: the projection of a field that is no wind.</summary>
    internal double[] Analysis { get; }

    /// <summary>ζ(n,m) = (1/a) ∫ [i v(m) m P / cos φ + u(m) dP/dφ] dμ: the vorticity's projection, integrated by parts.</summary>
    internal double[] CurlOfU { get; }

    /// <summary>The factor of i v(m) in it.</summary>
    internal double[] CurlOfV { get; }

    /// <summary>P at the rows.</summary>
    internal double[] Values { get; }

    /// <summary>u = -(1/a) dP/dφ ψ.</summary>
    internal double[] U { get; }

    /// <summary>v = (1/a) i m P / cos φ ψ, without i.</summary>
    internal double[] V { get; }

    private double[] Project(double[] functions, int turned = 0)
    {
        var points = _quadrature.Colatitudes.Length;
        var table = new double[_shape.Count * _rows];
        var (atPoints, atRows) = (new double[points], new double[_rows]);
        for (var m = 0; m < _shape.Columns; m++)
        {
            for (var l = 0; m + l <= _shape.Truncation; l++)
            {
                for (var g = 0; g < points; g++)
                {
                    atPoints[g] = functions[(_shape.Index(m, l) * points) + g] * _quadrature.Weights[g] / Earth.Radius;
                }

                _quadrature.Fold(atPoints, m + turned, atRows);
                for (var j = 0; j < _rows; j++)
                {
                    table[(((m * _rows) + j) * _shape.Rows) + l] = atRows[j];
                }
            }
        }

        return table;
    }
}
