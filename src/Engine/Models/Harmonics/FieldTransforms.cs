using TorchSharp;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>Between coefficients and fields on the grid of a model's input and output: winds to vorticity and divergence, and what a state
/// holds to fields. Axes as in <see cref="SphericalTransforms"/>; rows are the grid's latitudes in its own order.</summary>
internal sealed class FieldTransforms : nn.Module
{
    private readonly int _columns, _longitudes;
    private readonly Tensor _analysis, _curlU, _curlV, _value, _u, _v, _origin;

    internal FieldTransforms(SpectralShape shape, InputGrid grid, ScalarType dtype, Device device) : base(nameof(FieldTransforms))
    {
        (_columns, _longitudes) = (shape.Columns, grid.Longitudes.Count);
        var tables = new FieldTables(shape, grid.Latitudes);
        Tensor Place(double[] values, params long[] size) => Tables.Place(values, size, dtype, device);
        long rows = grid.Latitudes.Colatitudes.Length;
        long[] toCoefficients = [shape.Columns, rows, shape.Rows], toRows = [shape.Columns, shape.Rows, rows];
        (_analysis, _curlU, _curlV) = (
            Place(tables.Analysis, toCoefficients), Place(tables.CurlOfU, toCoefficients), Place(tables.CurlOfV, toCoefficients));
        (_value, _u, _v) = (Place(tables.Values, toRows), Place(tables.U, toRows), Place(tables.V, toRows));
        var turns = Enumerable.Range(0, shape.Columns).Select(m => m * grid.Longitudes.Origin);
        using var pairs = Place([.. turns.SelectMany(turn => new[] { Math.Cos(turn), Math.Sin(turn) })], shape.Columns, 2);
        _origin = pairs.view_as_complex().clone();
        RegisterComponents();
    }

    /// <summary>Fields [b, k, latitude, longitude] to zonal waves [b, m, k, c, latitude].</summary>
    internal Tensor WavesOf(Tensor fields)
    {
        using var scope = NewDisposeScope();
        var waves = fft.rfft(fields, -1, -1, FFTNormType.Forward).narrow(-1, 0, _columns) * _origin.conj();
        return waves.resolve_conj().view_as_real().permute(0, 3, 1, 4, 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Zonal waves [b, m, c, latitude] of a wind's components to the coefficients of its vorticity [b, m, c, l], integrated by
    /// parts: winds are never differenced. With (-v, u) for (u, v): of its divergence.</summary>
    internal Tensor Curl(Tensor u, Tensor v)
    {
        using var scope = NewDisposeScope();
        return LegendreSums.Of(u, _curlU).Plus(LegendreSums.Of(Turned(v), _curlV)).MoveToOuterDisposeScope();
    }

    /// <summary>Zonal waves [b, m, c, latitude] of a field that is no wind to its coefficients [b, m, c, l].</summary>
    internal Tensor Analyse(Tensor waves) => LegendreSums.Of(waves, _analysis);

    /// <summary>Coefficients [b, m, c, l] to zonal waves of the field [b, m, c, latitude].</summary>
    internal Tensor Value(Tensor x) => LegendreSums.Of(x, _value);

    /// <summary>Coefficients of a stream function to zonal waves of the eastward wind; of a potential, of the northward one.</summary>
    internal Tensor AlongLatitude(Tensor x) => LegendreSums.Of(x, _u);

    /// <summary>Coefficients of a stream function to zonal waves of the northward wind; of a potential, of the eastward one.</summary>
    internal Tensor AcrossLatitude(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Turned(LegendreSums.Of(x, _v)).MoveToOuterDisposeScope();
    }

    /// <summary>Zonal waves of several fields, each [b, m, c, latitude], to the fields [b, k, latitude, longitude].</summary>
    internal Tensor OnGrid(params IEnumerable<Tensor> waves)
    {
        using var scope = NewDisposeScope();
        var pairs = stack(waves, 2).permute(0, 2, 4, 1, 3).contiguous();
        return fft.irfft(pairs.view_as_complex() * _origin, _longitudes, -1, FFTNormType.Forward).MoveToOuterDisposeScope();
    }

    /// <summary>i times coefficients or waves [b, m, c, …].</summary>
    private static Tensor Turned(Tensor x) => stack([-x.select(2, 1), x.select(2, 0)], 2);
}

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
                    atPoints[g] = functions[(_shape.Index(m, l) * points) + g] * _quadrature.Weights[g] / Earth.Radius;
                _quadrature.Fold(atPoints, m + turned, atRows);
                for (var j = 0; j < _rows; j++)
                    table[(((m * _rows) + j) * _shape.Rows) + l] = atRows[j];
            }
        }
        return table;
    }
}
