using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>Winds of a vorticity that is given on a grid: its projection, then the model's own way from spectra to fields.</summary>
internal static class VorticityScript
{
    private const string ToSpectra = """
        def winds_of(self, vorticity: Tensor) -> Tensor:
            # [b, 1, latitude, longitude] -> spectra x[b, m, c, l] -> [b, 2 (u, v), latitude, longitude].
            b, m = vorticity.size(0), self.analysis_rows.size(0)
            turn = torch.complex(self.origin_cos, -self.origin_sin)
            waves = torch.view_as_real(torch.fft_rfft(vorticity[:, 0], None, 2, "forward")[:, :, :m] * turn).permute([2, 0, 3, 1])
            spectra = torch.bmm(waves.reshape([m, 2 * b, -1]), self.analysis_rows)
            return self.fields(spectra.view([m, b, 2, -1]).permute([1, 0, 2, 3]))[:, 1:3].contiguous()
        """;

    /// <summary>The barotropic model's <c>fields</c>, the last function of its text, and what leads there.</summary>
    internal static string Text { get; } =
        BarotropicScript.Text[BarotropicScript.Text.IndexOf("def fields(", StringComparison.Ordinal)..] + "\n\n" + ToSpectra;

    internal static ScriptModule Compile(LatLonGrid grid, int truncation, TorchDType dtype, TorchDevice device)
    {
        var shape = new SpectralShape(truncation);
        var rows = new InputGrid(grid, truncation);
        return BarotropicScript.Compile(
            Text,
            [
                new("analysis_rows", GridTables.Analysis(shape, rows.Latitudes)),
                OperatorTables.InverseLaplacian(shape),
                .. GridTables.ToFields(shape, rows),
            ],
            "winds", dtype, device);
    }
}
