using Cairn.Engine.Models;
using Cairn.Engine.Models.Diagnostics;
using Cairn.Engine.Perturbations;
using Cairn.Engine.Sources;

namespace Cairn.Engine.Rollouts;

/// <summary>What the members of one initial time begin with. Its fields are read when they are asked for first.</summary>
/// <param name="run">The run.</param>
/// <param name="time">Which of its initial times, from 0.</param>
internal sealed class BatchBeginning(RunContext run, int time)
{
    private readonly Lazy<Analyses> _analyses = new(() => run.Analyses.Of(time));

    /// <summary>The model as it begins there.</summary>
    public IPrognosticModel Model { get; } = time == 0 ? run.Model : run.Model.At(run.Analyses.Times[time]);

    /// <summary>The initial condition.</summary>
    public InitialCondition Initial => _analyses.Value.At(TimeSpan.Zero);

    /// <summary>A batch's own perturbation: it keeps that batch's state.</summary>
    /// <param name="draw">The number of the draw: 0 for the one that members begin with.</param>
    public IPerturbation NewPerturbation(int draw = 0)
    {
        var ensemble = run.Spec.Ensemble;
        return PerturbationFactory.Create(
            draw == 0 ? ensemble : ensemble with { Seed = MemberDraw.Seed(ensemble.Seed, draw) },
            DiagnosedModel.Bare(Model), lag => _analyses.Value.At(lag));
    }
}
