using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>The model's TorchScript text, <c>models/barotropic.ts</c> with what it calls, and its compilation.</summary>
internal static class BarotropicScript
{
    internal static string Own { get; } = HarmonicsText.Read("barotropic.ts");

    internal static string Text { get; } = HarmonicsText.With(Own, HarmonicsText.ForSteps);

    internal static ScriptModule Compile(BarotropicOptions options)
    {
        var shape = new SpectralShape(options.Truncation);
        var grid = new InputGrid(options.Grid, options.Truncation);
        return SpectralScript.Compile(Text, Tables(shape, grid, options), "barotropic", options.DType, options.Device);
    }

    private static IEnumerable<KeyValuePair<string, Table>> Tables(SpectralShape shape, InputGrid grid, BarotropicOptions options) =>
        TransformTables.For(shape)
            .Concat(OperatorTables.For(shape))
            .Concat(StepTables.For(shape, options.Step.TotalSeconds, options.Hyperdiffusion, fieldAxis: false))
            .Concat(GridTables.For(shape, grid));
}
