namespace Cairn.Engine.Models.Harmonics;

/// <summary>Transforms between spectra and the input grid: curl of the winds, and fields for output.</summary>
internal static class GridTables
{
    internal static IEnumerable<KeyValuePair<string, Table>> For(SpectralShape shape, InputGrid grid) =>
        [.. Curl(shape, grid.Latitudes), .. ToFields(shape, grid)];

    /// <summary>From spectra to fields on the grid.</summary>
    internal static IEnumerable<KeyValuePair<string, Table>> ToFields(SpectralShape shape, InputGrid grid) =>
        [.. Fields(shape, grid.Latitudes.Colatitudes), .. Longitudes(shape, grid.Longitudes)];

    /// <summary>ζ(n,m) = (1/a) ∫ [i v(m) m P / cos φ + u(m) dP/dφ] dμ: the vorticity's projection, integrated by parts.</summary>
    private static IEnumerable<KeyValuePair<string, Table>> Curl(SpectralShape shape, LatitudeRule latitudes)
    {
        var quadrature = latitudes.Quadrature(shape.Truncation);
        var (eastward, northward) = new LegendreTable(shape, quadrature.Colatitudes).Slopes();
        var rows = latitudes.Colatitudes.Length;
        yield return new("curl_u", Project(shape, quadrature, northward, rows));
        yield return new("curl_v", Project(shape, quadrature, eastward, rows));
    }

    /// <summary>f(n,m) = ∫ f(m) P dμ: the projection of a field that is no wind.</summary>
    internal static KeyValuePair<string, Table> Analysis(SpectralShape shape, LatitudeRule latitudes)
    {
        var quadrature = latitudes.Quadrature(shape.Truncation);
        var functions = new LegendreTable(shape, quadrature.Colatitudes).Values;
        // Across a pole a wind turns its sign where a field does not: the series for m is that of winds for m + 1.
        double[] scaled = [.. functions.Select(f => f * Earth.Radius)];
        return new("analysis_rows", Project(shape, quadrature, scaled, latitudes.Colatitudes.Length, turned: 1));
    }

    private static Table Project(SpectralShape shape, LatitudeQuadrature quadrature, double[] functions, int rows, int turned = 0)
    {
        var points = quadrature.Colatitudes.Length;
        var table = new double[shape.Count * rows];
        var atPoints = new double[points];
        var atRows = new double[rows];
        for (var m = 0; m < shape.Columns; m++)
        {
            for (var l = 0; m + l <= shape.Truncation; l++)
            {
                for (var g = 0; g < points; g++)
                {
                    atPoints[g] = functions[shape.Index(m, l) * points + g] * quadrature.Weights[g] / Earth.Radius;
                }
                quadrature.Fold(atPoints, m + turned, atRows);
                for (var j = 0; j < rows; j++)
                {
                    table[(m * rows + j) * shape.Rows + l] = atRows[j];
                }
            }
        }
        return new Table(table, shape.Columns, rows, shape.Rows);
    }

    /// <summary>u = -(1/a) dP/dφ ψ, v = (1/a) i m P / cos φ ψ.</summary>
    private static IEnumerable<KeyValuePair<string, Table>> Fields(SpectralShape shape, double[] colatitudes)
    {
        var functions = new LegendreTable(shape, colatitudes);
        var (eastward, northward) = functions.Slopes();
        long[] size = [shape.Columns, shape.Rows, colatitudes.Length];
        yield return new("grid_value", new Table(functions.Values, size));
        yield return new("grid_u", new Table([.. northward.Select(d => -d / Earth.Radius)], size));
        yield return new("grid_v", new Table([.. eastward.Select(d => d / Earth.Radius)], size));
    }

    private static IEnumerable<KeyValuePair<string, Table>> Longitudes(SpectralShape shape, GlobalLongitudes longitudes)
    {
        double[] turns = [.. Enumerable.Range(0, shape.Columns).Select(m => m * longitudes.Origin)];
        yield return new("origin_cos", new Table([.. turns.Select(Math.Cos)], shape.Columns));
        yield return new("origin_sin", new Table([.. turns.Select(Math.Sin)], shape.Columns));
        var spacing = 2 * Math.PI / longitudes.Count;
        double[] places = [.. Enumerable.Range(0, longitudes.Count).Select(i => longitudes.Origin + i * spacing)];
        yield return new("grid_longitudes", new Table(places, longitudes.Count));
    }
}
