using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>Winds of a vorticity that is given on a grid: its projection, then the model's own way from spectra to fields.</summary>
internal static class VorticityScript
{
    private const string WindsOf = """
        def winds_of(self, vorticity: Tensor) -> Tensor:
            # [b, 1, latitude, longitude] -> spectra x[b, m, c, l] -> [b, 2 (u, v), latitude, longitude].
            return self.fields(self.analyse(self.waves_of(vorticity)[:, :, 0]))[:, 1:3].contiguous()
        """;

    internal static string Text { get; } = HarmonicsText.With(
        string.Join("\n\n\n", [.. HarmonicsText.Functions(BarotropicScript.Own, ["fields"]), WindsOf]),
        ["turned", "waves_of", "analyse", "at_rows", "on_input_grid"]);

    internal static ScriptModule Compile(LatLonGrid grid, int truncation, TorchDType dtype, TorchDevice device)
    {
        var shape = new SpectralShape(truncation);
        var rows = new InputGrid(grid, truncation);
        return SpectralScript.Compile(
            Text,
            [
                GridTables.Analysis(shape, rows.Latitudes),
                OperatorTables.InverseLaplacian(shape),
                .. GridTables.ToFields(shape, rows),
            ],
            "winds", dtype, device);
    }
}
