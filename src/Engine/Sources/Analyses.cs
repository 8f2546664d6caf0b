using Cairn.Engine.Runs;

namespace Cairn.Engine.Sources;

/// <summary>
/// The initial condition of a run and, where its perturbation asks for them, those of other times; all read before the run begins, so that
/// a time which is not there stops it at once.
/// </summary>
public sealed class Analyses
{
    private readonly IReadOnlyDictionary<TimeSpan, InitialCondition> _byLag;

    private Analyses(IReadOnlyDictionary<TimeSpan, InitialCondition> byLag) => _byLag = byLag;

    /// <summary>Reads what a run needs.</summary>
    /// <exception cref="DataException">The source lacks a time, or has other grids there.</exception>
    public static Analyses Read(RunSpec spec, InitialCondition initial)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(initial);
        var byLag = new Dictionary<TimeSpan, InitialCondition> { [TimeSpan.Zero] = initial };
        foreach (var lag in spec.Ensemble.Perturbation.OtherTimes(spec.Model.Step).Where(lag => !byLag.ContainsKey(lag)))
        {
            byLag[lag] = InitialSources.Read(spec.Initial, initial.Time.Add(lag));
        }

        return new Analyses(byLag);
    }

    /// <summary>The fields that lie so much after those of the run, or before if it is negative.</summary>
    public InitialCondition At(TimeSpan lag) => _byLag.TryGetValue(lag, out var found)
        ? found
        : throw new InvalidOperationException($"The fields {lag} from the initial time were not read, since the spec does not name them.");
}
