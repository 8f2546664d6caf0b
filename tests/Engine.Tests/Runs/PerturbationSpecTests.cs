namespace Cairn.Engine.Tests.Runs;

public sealed class PerturbationSpecTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_are_those_of_the_kind()
    {
        Assert.Equal(20, Read("kind = bred-vector, amplitude = 1").Cycles);
        Assert.Equal(3, Read("kind = hemispheric-centred-bred-vector, amplitude = 1").Cycles);
        Assert.Equal("brown", Read("kind = bred-vector, amplitude = 1").Noise.Kind);
        Assert.Equal(500, Read("kind = correlated-spherical-gaussian, amplitude = 1").Noise.LengthScaleKm);
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromHours(-730.5)], Read("kind = lagged-ensemble, lags = [0h, -730.5h]").Lags);
    }

    [Theory]
    [InlineData("kind = brown", "ensemble.perturbation.amplitude", "a number of at least 0, or one by variable")]
    [InlineData("kind = brown, amplitude { u = -1 }", "ensemble.perturbation.amplitude.u", "a number of at least 0")]
    [InlineData("kind = brown, amplitude { w = 1 }", "ensemble.perturbation.amplitude", "names among initial.variables: u, v")]
    [InlineData("kind = brown, amplitude = 1, reddening = 0", "ensemble.perturbation.reddening", "above 0")]
    [InlineData("kind = brown, amplitude = 1, cycles = 3", "ensemble.perturbation.cycles", "it belongs to bred-vector, hemispheric")]
    [InlineData("kind = spherical-gaussian, amplitude = 1, smoothness = 1", "ensemble.perturbation.smoothness", "above 1")]
    [InlineData("kind = bred-vector, amplitude = 1, spacing = 90m", "ensemble.perturbation.spacing", "a whole multiple of model.step = 1h")]
    [InlineData("kind = bred-vector, amplitude = 1, seeding { kind = gaussian, reddening = 2 }",
        "ensemble.perturbation.seeding.reddening", "it belongs to brown")]
    [InlineData("kind = lagged-ensemble", "ensemble.perturbation.lags", "such as [0h, -6h, -12h]")]
    [InlineData("kind = lagged-ensemble, lags = [6]", "ensemble.perturbation.lags", "times with their units")]
    [InlineData("kind = lagged-ensemble, lags = [0h]", "ensemble.perturbation.lags", "each of the 2 members")]
    public void A_mistake_is_told_by_its_key_with_what_was_expected(string perturbation, string key, string expected) =>
        _folder.Mistake(SpecFolder.Whole + $"ensemble {{ size = 2, perturbation {{ {perturbation} }} }}", key, expected);

    private PerturbationSpec Read(string perturbation) =>
        _folder.Read(SpecFolder.Whole + $"ensemble {{ size = 2, perturbation {{ {perturbation} }} }}").Ensemble.Perturbation;
}
