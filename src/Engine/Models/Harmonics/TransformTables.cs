namespace Cairn.Engine.Models.Harmonics;

/// <summary>Legendre transforms between spectra and the grid of the nonlinear terms, cut by parity about the equator.</summary>
internal static class TransformTables
{
    internal static IEnumerable<KeyValuePair<string, Table>> For(SpectralShape shape)
    {
        var grid = new TransformGrid(shape.Truncation);
        var functions = new LegendreTable(shape, [.. grid.SineOfLatitude.Select(Math.Acos)]).Values;
        int half = grid.HalfLatitudes, pairs = shape.Rows / 2;
        var synthesis = new double[functions.Length];
        var analysis = new double[functions.Length];
        for (var m = 0; m < shape.Columns; m++)
        {
            for (var l = 0; l < shape.Rows; l++)
            {
                var (block, i) = (2 * m + l % 2, l / 2);
                for (var j = 0; j < half; j++)
                {
                    var value = functions[shape.Index(m, l) * half + j];
                    var mu = grid.SineOfLatitude[j];
                    synthesis[(block * pairs + i) * half + j] = value;
                    analysis[(block * half + j) * pairs + i] = value * grid.Weights[j] / (1 - mu * mu);
                }
            }
        }
        yield return new("synthesis", new Table(synthesis, 2 * shape.Columns, pairs, half));
        yield return new("analysis", new Table(analysis, 2 * shape.Columns, half, pairs));
        yield return new("longitudes", new Table(Angles(grid.Longitudes), grid.Longitudes));
    }

    private static double[] Angles(int count) => [.. Enumerable.Range(0, count).Select(i => 2 * Math.PI * i / count)];
}
