namespace Cairn.Engine.Runs;

/// <summary>The boundaries after lead time zero.</summary>
/// <param name="Every">Time between boundaries, a whole multiple of the model's step.</param>
/// <param name="Count">How many boundaries, at least 1; the run ends at <c>Every * Count</c>.</param>
public sealed record LeadTimeSpec(TimeSpan Every, int Count)
{
    /// <summary>The last lead time.</summary>
    public TimeSpan End => Every * Count;
}

/// <summary>The members of a run.</summary>
/// <param name="Size">How many members, at least 1.</param>
/// <param name="BatchSize">How many members are stepped together, from 1 to <paramref name="Size"/>.</param>
/// <param name="Seed">The run's seed; each member's generator is seeded from it and the member's number.</param>
/// <param name="Perturbation">How members are made to differ.</param>
public sealed record EnsembleSpec(int Size, int BatchSize, long Seed, PerturbationSpec Perturbation);

/// <summary>How members are made to differ.</summary>
/// <param name="Kind">Which perturbation.</param>
/// <param name="Amplitude">Standard deviation of the noise, in the variable's unit; 0 for <see cref="PerturbationKind.Zero"/>.</param>
/// <param name="Variables">Which input variables are perturbed, or null for all.</param>
public sealed record PerturbationSpec(PerturbationKind Kind, double Amplitude, IReadOnlyList<string>? Variables);
