using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;

namespace Cairn.Engine.Perturbations;

/// <summary>Makes the perturbation that a spec names.</summary>
public static class PerturbationFactory
{
    /// <summary>A new one, with state of its own: each batch has one.</summary>
    /// <param name="spec">The members of the run.</param>
    /// <param name="model">The model, which breeding cycles through.</param>
    /// <param name="analysis">The initial condition that lies so much before or after that of the run.</param>
    /// <exception cref="SpecException">The model does not allow it.</exception>
    public static IPerturbation Create(EnsembleSpec spec, IPrognosticModel model, Func<TimeSpan, InitialCondition> analysis)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(model);
        var perturbation = spec.Perturbation;
        switch (perturbation.Kind)
        {
            case PerturbationKind.Zero:
                return new ZeroPerturbation();
            case PerturbationKind.LaggedEnsemble:
                return new LaggedEnsemble(model.Description, perturbation.Lags, analysis);
        }

        var amplitudes = Amplitudes(perturbation, model.Description);
        var seed = unchecked((ulong)spec.Seed);
        var noise = new NoisePerturbation(seed, amplitudes, Noise(perturbation.Noise, model.Description.InputGrid));
        var steps = perturbation.Spacing is { } spacing ? (int)(spacing.Ticks / model.Description.Step.Ticks) : 1;
        return perturbation.Kind switch
        {
            PerturbationKind.BredVector => new BredVectorPerturbation(model, noise, perturbation.Cycles, steps),
            PerturbationKind.HemisphericCentredBredVector =>
                new CentredBredVectorPerturbation(model, noise, amplitudes, analysis, perturbation.Cycles, steps),
            _ => noise,
        };
    }

    private static double[] Amplitudes(PerturbationSpec spec, ModelDescription model) =>
    [
        .. model.InputVariables.Select(name => spec.Variables?.Contains(name, StringComparer.Ordinal) ?? true
            ? spec.AmplitudeOf.FirstOrDefault(a => a.Variable == name)?.Amplitude ?? spec.Amplitude
            : 0),
    ];

    private static INoise Noise(NoiseSpec spec, LatLonGrid grid) => spec.Kind switch
    {
        NoiseKind.Brown => new BrownNoise(grid, spec.Reddening),
        NoiseKind.SphericalGaussian => new SphericalNoise(grid, new SphericalSpectrum.Matern(spec.Smoothness, spec.InverseLength)),
        NoiseKind.CorrelatedSphericalGaussian => new SphericalNoise(grid, new SphericalSpectrum.Gaussian(spec.LengthScaleKm)),
        _ => new WhiteNoise(grid),
    };
}
