namespace Cairn.Engine.Tests.Runs;

public sealed class DiagnosticSpecTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Built_in_diagnostics_have_their_usual_names()
    {
        var spec = _folder.Read(SpecFolder.Whole.Replace("u = u10m", "vorticity = zeta", StringComparison.Ordinal).Replace(
            ", v = v10m", "", StringComparison.Ordinal) + "diagnostics = [{ kind = winds }, { kind = kinetic-energy }]");

        Assert.Equal(["vorticity", "u", "v"], spec.Diagnostics.SelectMany(d => (string[])[.. d.Variables.Take(1), .. d.Outputs]).Take(3));
        Assert.Equal(["u", "v", "kinetic_energy"], spec.Diagnostics[1].Variables.Concat(spec.Diagnostics[1].Outputs));
    }

    [Theory]
    [InlineData("kinetic-energy", "diagnostics", "a list of objects")]
    [InlineData("[{ kind = enstrophy }]", "diagnostics[0].kind", "torchscript, onnx, winds, kinetic-energy")]
    [InlineData("[{ kind = kinetic-energy, variables = [u, w] }]", "diagnostics[0].variables", "the diagnostics before it give: u, v")]
    [InlineData("[{ kind = kinetic-energy }, { kind = kinetic-energy }]", "diagnostics[1].outputs", "gives yet")]
    [InlineData("[{ kind = kinetic-energy, outputs = [u] }]", "diagnostics[0].outputs", "gives yet")]
    [InlineData("[{ kind = kinetic-energy, truncation = 42 }]", "diagnostics[0].truncation", "kind, variables, outputs, bounds")]
    [InlineData("[{ kind = kinetic-energy, bounds { u = [0, 1] } }]", "diagnostics[0].bounds", "kinetic_energy")]
    [InlineData("[{ kind = torchscript, variables = [u], outputs = [a] }]", "diagnostics[0].path", "TorchScript")]
    [InlineData("[{ kind = torchscript, path = in.nc, variables = [u] }]", "diagnostics[0].outputs", "names")]
    public void A_mistake_in_a_diagnostic_is_told_by_its_place_in_the_list(string diagnostics, string key, string expected)
    {
        var mistake = _folder.Mistake(SpecFolder.Whole + "diagnostics = " + diagnostics, key, expected);

        Assert.Equal(7, mistake.Line);
    }

    [Fact]
    public void Output_variables_may_be_those_of_diagnostics()
    {
        const string text = SpecFolder.Whole + "diagnostics = [{ kind = kinetic-energy }]\noutput.variables = ";

        Assert.Equal(["kinetic_energy", "u"], _folder.Read(text + "[kinetic_energy, u]").Output.Variables);
        _folder.Mistake(text + "[w]", "output.variables", "kinetic_energy");
    }

    [Fact]
    public void The_digest_of_a_script_is_among_those_of_the_inputs_and_an_output_must_not_swallow_it()
    {
        const string text = SpecFolder.Whole + "diagnostics = [{ kind = torchscript, path = in.nc, variables = [u], outputs = [a] }]\n";
        var spec = _folder.Read(text);

        Assert.Contains(spec.InputFiles(), f => f.Key == "diagnostics[a].path" && f.Value == _folder.Path("in.nc"));
        Assert.NotEmpty(_folder.Mistakes(text + $"output.path = \"{_folder.Path("")}\""));
    }
}
