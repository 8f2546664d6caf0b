namespace Cairn.Engine.Runs;

/// <summary>How members are made to differ.</summary>
/// <param name="Kind">Which perturbation: its word.</param>
/// <param name="Amplitude">Standard deviation of the noise, in the variable's unit; 0 for one without noise.</param>
/// <param name="Variables">Which input variables are perturbed, or null for all.</param>
public sealed record PerturbationSpec(string Kind, double Amplitude, IReadOnlyList<string>? Variables)
{
    /// <summary>The amplitudes that were given by variable; they go before <see cref="Amplitude"/>.</summary>
    public IReadOnlyList<AmplitudeSpec> AmplitudeOf { get; init; } = [];

    /// <summary>The structure of the noise; of bred vectors, that which they start from.</summary>
    public NoiseSpec Noise { get; init; } = new();

    /// <summary>Bred vectors: how many cycles.</summary>
    public int Cycles { get; init; } = 1;

    /// <summary>Bred vectors: the time of a cycle, a whole multiple of the model's step; null for one step.</summary>
    public TimeSpan? Spacing { get; init; }

    /// <summary>Lagged ensemble: the lag of each member.</summary>
    public IReadOnlyList<TimeSpan> Lags { get; init; } = [];

    /// <summary>What a kind of an extension needs besides; null for every other.</summary>
    public object? Own { get; init; }

    /// <summary>The same, if it is of a type; else null.</summary>
    public T? Of<T>()
        where T : class => Own as T;
}

/// <summary>The amplitude of one variable, in its unit.</summary>
public sealed record AmplitudeSpec(string Variable, double Amplitude);

/// <summary>The structure of noise in space; of the settings, each belongs to one kind.</summary>
public sealed record NoiseSpec
{
    /// <summary>Which structure: its word.</summary>
    public string Kind { get; init; } = WhiteNoiseKind.Name;

    /// <summary>Brown: the exponent of the wave number that coefficients are divided by.</summary>
    public double Reddening { get; init; } = 2;

    /// <summary>Spherical gaussian: the exponent of the spectrum, above 1.</summary>
    public double Smoothness { get; init; } = 2;

    /// <summary>Spherical gaussian: one over the width of structures, in radians of arc.</summary>
    public double InverseLength { get; init; } = 3;

    /// <summary>Correlated spherical gaussian: the correlation length, km.</summary>
    public double LengthScaleKm { get; init; } = 500;

    /// <summary>What a kind of an extension needs besides; null for every other.</summary>
    public object? Own { get; init; }

    /// <summary>The same, if it is of a type; else null.</summary>
    public T? Of<T>()
        where T : class => Own as T;
}
