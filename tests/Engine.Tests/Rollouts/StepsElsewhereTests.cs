namespace Cairn.Engine.Tests.Rollouts;

/// <summary>What a process knows of a run that other processes step: all but the weights.</summary>
public sealed class StepsElsewhereTests : IDisposable
{
    private static readonly RunOptions Elsewhere = new() { StepsElsewhere = true };

    private static readonly string Root = typeof(StepsElsewhereTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("cairn-elsewhere-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public void A_run_is_recorded_as_it_is_where_its_weights_are_loaded()
    {
        var spec = Spec("monthly-winds.conf");
        using var loaded = PreparedRun.Create(spec, new RunOptions(), new RunObservers());
        using var described = PreparedRun.Create(spec, Elsewhere, new RunObservers());

        Assert.Equal(loaded.Record.Numerics, described.Record.Numerics);
        Assert.Equal(loaded.Record.OutputLayout, described.Record.OutputLayout);
        Assert.Equal(loaded.Record.Fingerprint, described.Record.Fingerprint);
        Assert.Equal(loaded.Layout.Variables, described.Layout.Variables);
    }

    [Fact]
    public void Archives_of_models_and_diagnostics_are_not_opened_and_texts_are()
    {
        var archive = Path.Combine(_scratch.FullName, "archive.pt");
        File.WriteAllBytes(archive, [.. "PK\u0003\u0004 and no TorchScript"u8]);
        var text = Path.Combine(_scratch.FullName, "text.ts");
        File.WriteAllText(text, "def stride(x: Tensor) -> Tensor:\n    return x\n");
        var spec = Spec("monthly-winds.conf", $"model.path={archive}");
        spec = spec with
        {
            Diagnostics = [new DiagnosticSpec { Kind = DiagnosticKind.TorchScript, Path = archive, Variables = ["u"], Outputs = ["ice"] }],
        };

        using (var host = PreparedRun.Create(spec, Elsewhere, new RunObservers()))
        {
            Assert.Contains("ice", host.Layout.Variables.Select(v => v.Name));
        }
        Assert.Throws<DataException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers()));
        var step = Assert.Throws<SpecException>(
            () => PreparedRun.Create(Spec("monthly-winds.conf", $"model.path={text}"), Elsewhere, new RunObservers()));
        Assert.Contains("has no method 'step'", step.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_was_not_loaded_cannot_be_stepped_by_mistake()
    {
        var spec = Spec("monthly-winds.conf");
        using var model = ModelFactory.Create(spec.Model, InitialSources.Read(spec), stepsElsewhere: true);
        using var state = zeros(1, 4, 73, 144);

        Assert.Throws<InvalidOperationException>(() => model.Step(state));
        Assert.Throws<InvalidOperationException>(() => model.Initialize(state));
        Assert.Throws<InvalidOperationException>(() => model.Fields(state));
    }

    private RunSpec Spec(string example, params string[] settings) => RunSpecReader.Read(
        Path.Combine(Root, "examples", example),
        [
            $"checkpoint.path={_scratch.FullName}/checkpoints", $"output.path={_scratch.FullName}/fields.zarr", .. settings,
        ]);
}
