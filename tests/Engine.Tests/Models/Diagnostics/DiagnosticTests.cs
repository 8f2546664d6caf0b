using Cairn.Engine.Models.Diagnostics;
using Cairn.Engine.Tests.Models.Harmonics;

namespace Cairn.Engine.Tests.Models.Diagnostics;

public sealed class DiagnosticTests : IDisposable
{
    private static readonly LatLonGrid Small = new([30, 0, -30], [0, 90, 180, 270]);
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-diagnostics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Kinetic_energy_is_half_the_square_of_the_speed()
    {
        using var energy = new KineticEnergy(Options(["u", "v"], ["kinetic_energy"]));
        using var winds = Fields(2, 2, i => i % 24 < 12 ? 3 : i < 24 ? 4 : -1);
        using var given = energy.Diagnose(winds);

        Assert.Equal([2L, 1L, 3L, 4L], given.shape);
        Assert.Equal([.. Enumerable.Repeat(12.5f, 12), .. Enumerable.Repeat(5f, 12)], given.ToArray<float>());
    }

    [Theory]
    [InlineData(42, true, true)]
    [InlineData(71, true, false)]
    [InlineData(42, false, true)]
    [InlineData(63, false, false)]
    public void Winds_of_the_barotropic_models_vorticity_are_its_own(int truncation, bool regular, bool whole)
    {
        var grid = regular ? Grids.Regular(73, 144) : Gaussian(96, 192);
        using var model = new BarotropicModel(new BarotropicOptions { Grid = grid, Truncation = truncation });
        using var winds = new RotationalWinds(
            new DiagnosticOptions { Variables = ["vorticity"], Outputs = ["u", "v"], Grid = grid, DType = ScalarType.Float64 },
            whole ? null : truncation);
        using var state = RandomState(truncation, members: 3, seed: 20261122);
        using var fields = model.Fields(state);
        using var vorticity = fields.narrow(1, 0, 1);
        using var expected = fields.narrow(1, 1, 2);
        using var given = winds.Diagnose(vorticity);

        Assert.InRange(expected.Ranges(0)[0].Max, 1, 500);
        Assert.InRange(given.MaxDifference(expected), 0, 1e-9);
    }

    [Fact]
    public void Winds_of_a_member_do_not_depend_on_its_batch()
    {
        var grid = Grids.Regular(19, 36);
        using var winds = new RotationalWinds(new DiagnosticOptions { Variables = ["z"], Outputs = ["u", "v"], Grid = grid });
        using var three = Tensors.From([.. Enumerable.Range(0, 3 * 19 * 36).Select(i => (float)Math.Sin(i * (double)i))], 3, 1, 19, 36);
        using var one = three.narrow(0, 1, 1);
        using var together = winds.Diagnose(three);
        using var alone = winds.Diagnose(one);
        using var second = together.narrow(0, 1, 1);

        Assert.True(second.HasBitsOf(alone));
        Assert.Contains("equally spaced", Assert.Throws<SpecException>(
            () => new RotationalWinds(Options(["z"], ["u", "v"]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_users_script_is_applied_to_its_variables_in_their_order_behind_the_model_and_other_diagnostics()
    {
        var script = Script("def forward(x: Tensor) -> Tensor:\n    return torch.stack([x[:, 0] - x[:, 1], x[:, 0] * 2], 1)\n");
        using var model = new DiagnosedModel(Persistence(),
        [
            new KineticEnergy(Options(["u", "v"], ["energy"])),
            ScriptDiagnostic.Open(script, Options(["energy", "v"], ["a", "b"])),
        ]);
        using var state = Fields(1, 2, i => i < 12 ? 3 : 4);
        using var fields = model.Fields(state);
        var values = fields.ToArray<float>();

        Assert.Equal(["u", "v", "energy", "a", "b"], model.Description.OutputVariables);
        Assert.Equal([3f, 4f, 12.5f, 8.5f, 25f], Enumerable.Range(0, 5).Select(v => values[v * 12]));
        Assert.True(model.Description.DependsOnBatch);
    }

    [Theory]
    [InlineData("def step(x: Tensor) -> Tensor:\n    return x\n", "no method 'forward'")]
    [InlineData("def forward(x: Tensor, y: Tensor) -> Tensor:\n    return x\n", "has the signature")]
    [InlineData("def forward(x: Tensor) -> Tensor:\n    return x[:, 0]\n", "returned float32[1, 3, 4]")]
    [InlineData("def forward(x: Tensor) -> Tensor:\n    return x[:, 0:1].double()\n", "returned float64[1, 1, 3, 4]")]
    [InlineData("def forward(x: Tensor) -> Tensor:\n    return x.view([7])\n", "failed")]
    public void A_script_that_does_not_give_what_it_declares_is_refused_at_once(string text, string said)
    {
        var error = Assert.Throws<SpecException>(() =>
            new DiagnosedModel(Persistence(), [ScriptDiagnostic.Open(Script(text), Options(["u", "v"], ["a"]))]));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("w", "a", "takes w")]
    [InlineData("u", "v", "gives v, which there is already")]
    public void Variables_that_are_not_there_and_outputs_that_are_there_are_refused(string variable, string output, string said)
    {
        var error = Assert.Throws<SpecException>(() =>
            new DiagnosedModel(Persistence(), [new KineticEnergy(Options([variable, "v"], [output]))]));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private static LatLonGrid Gaussian(int latitudes, int longitudes) => new(
        [.. new GaussianQuadrature(latitudes).Nodes.Select(mu => double.RadiansToDegrees(Math.Asin(mu)))],
        Grids.Longitudes(longitudes, 0));

    private string Script(string text)
    {
        var path = Path.Combine(_folder, "diagnostic.ts");
        File.WriteAllText(path, text);
        return path;
    }

    private static PersistenceModel Persistence() =>
        new(["u", "v"], Small, TimeSpan.FromHours(1), ScalarType.Float32, CPU);

    private static DiagnosticOptions Options(string[] variables, string[] outputs) =>
        new() { Variables = variables, Outputs = outputs, Grid = Small };

    private static Tensor Fields(int members, int variables, Func<int, double> value) =>
        Tensors.From([.. Enumerable.Range(0, members * variables * 12).Select(i => (float)value(i))], members, variables, 3, 4);

    /// <summary>Vorticity coefficients of winds of some metres per second.</summary>
    private static Tensor RandomState(int truncation, int members, int seed)
    {
        var shape = new SpectralShape(truncation);
        var random = new Random(seed);
        var values = new double[members * 2 * shape.Count];
        for (var index = 0; index < values.Length; index++)
        {
            var (column, l) = (index / shape.Rows % (2 * shape.Columns), index % shape.Rows);
            var (m, part) = (column / 2, column % 2);
            var free = m + l <= truncation && m + l > 0 && (m > 0 || part == 0);
            values[index] = free ? 1e-5 * ((2 * random.NextDouble()) - 1) : 0;
        }
        return Tensors.From(values, members, shape.Columns, 2, shape.Rows);
    }
}
