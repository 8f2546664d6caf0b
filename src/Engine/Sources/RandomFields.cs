using Cairn.Engine.Models;
using Cairn.Engine.Perturbations;
using Cairn.Engine.Runs;
using Cairn.Engine.Torch;
using Cairn.Storage.NetCdf;
using static TorchSharp.torch;

namespace Cairn.Engine.Sources;

/// <summary>
/// A mean and noise for each variable: what <c>initial { source = random }</c> reads. Every member starts from the same draw; it depends on
/// <c>initial.seed</c> and the variable's place among the variables alone.
/// </summary>
internal static class RandomFields
{
    // A run whose two seeds are equal must not perturb its members with the very noise that they start from.
    private const ulong Apart = 0x696E_6974_6961_6C21;

    internal static InitialCondition Read(InitialSpec spec)
    {
        var grid = spec.Grid!.ToGrid();
        var fields = spec.Noise.SelectMany((noise, i) => Field(noise, grid, unchecked((ulong)spec.Seed) ^ Apart, i));
        var units = spec.Variables.ToDictionary(v => v.Name, _ => (string?)null, StringComparer.Ordinal);
        return new InitialCondition(
            spec.VariableNames, grid, [.. fields], spec.Time!.ToTime(), units);
    }

    private static double[] Field(RandomFieldSpec spec, LatLonGrid grid, ulong seed, int variable)
    {
        INoise noise = spec.LengthScaleKm is { } length
            ? new SphericalNoise(grid, new SphericalSpectrum.Gaussian(length))
            : new WhiteNoise(grid);
        using var generator = MemberGenerator.FromSeed(seed, variable);
        using var drawn = randn([noise.Numbers], ScalarType.Float64, generator: generator);
        return [.. noise.Fields([drawn.ToArray<double>()])[0].Select(value => spec.Mean + (spec.Amplitude * value))];
    }
}
