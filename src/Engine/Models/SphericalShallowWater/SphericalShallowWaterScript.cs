using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.SphericalShallowWater;

/// <summary>The model's TorchScript text, <c>models/spherical-shallow-water.ts</c> with what it calls, and its compilation.</summary>
internal static class SphericalShallowWaterScript
{
    internal static string Text { get; } =
        HarmonicsText.With(HarmonicsText.Read("spherical-shallow-water.ts"), [.. HarmonicsText.ForSteps, "analyse"]);

    internal static ScriptModule Compile(SphericalShallowWaterOptions options)
    {
        var shape = new SpectralShape(options.Truncation);
        var grid = new InputGrid(options.Grid, options.Truncation);
        return SpectralScript.Compile(Text, Tables(shape, grid, options), options.Model, options.DType, options.Device);
    }

    private static IEnumerable<KeyValuePair<string, Table>> Tables(
        SpectralShape shape, InputGrid grid, SphericalShallowWaterOptions options) =>
        [
            .. TransformTables.For(shape),
            .. OperatorTables.For(shape, double.DegreesToRadians(options.Tilt)),
            .. StepTables.For(shape, options.Step.TotalSeconds, options.Hyperdiffusion, fieldAxis: true),
            .. GridTables.For(shape, grid),
            GridTables.Analysis(shape, grid.Latitudes),
            .. Layer(shape, options.MeanHeight),
            .. Sums(shape),
        ];

    private static IEnumerable<KeyValuePair<string, Table>> Layer(SpectralShape shape, double meanHeight)
    {
        const double a = Earth.Radius;
        yield return new("minus_laplacian", new Table(shape.Fill((_, n) => n * (n + 1.0) / (a * a)), shape.Columns, 1, shape.Rows));
        yield return new("gravity", new Table([Earth.Gravity]));
        // P(0,0) = sqrt(1/2).
        var mean = new double[2 * shape.Count];
        mean[0] = Earth.Gravity * meanHeight * Math.Sqrt(2);
        yield return new("mean_geopotential", new Table(mean, shape.Columns, 2, shape.Rows));
    }

    /// <summary>What means over the sphere take, for the rows of the Gaussian grid: northern ones, then their mirror images.</summary>
    private static IEnumerable<KeyValuePair<string, Table>> Sums(SpectralShape shape)
    {
        var grid = new TransformGrid(shape.Truncation);
        double[] cosines = [.. grid.SineOfLatitude.Select(sine => 1 - (sine * sine))];
        double[] weights = [.. grid.Weights.Select(weight => weight / 2)];
        yield return new("cosine_squared", new Table([.. cosines, .. cosines], 2 * grid.HalfLatitudes));
        yield return new("row_weights", new Table([.. weights, .. weights], 2 * grid.HalfLatitudes));
    }
}
