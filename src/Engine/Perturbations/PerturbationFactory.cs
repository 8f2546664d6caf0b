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
        return PerturbationKinds.Of(spec.Perturbation).Create(new PerturbationRequest(spec, model, analysis));
    }
}
