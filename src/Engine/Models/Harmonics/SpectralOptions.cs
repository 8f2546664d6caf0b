namespace Cairn.Engine.Models.Harmonics;

/// <summary>What every spectral model on the sphere is built from.</summary>
public abstract record SpectralOptions
{
    /// <summary>Grid of the initial and of the output fields: longitudes once around the globe, eastward and equally spaced; latitudes, in
    /// either order, Gaussian, or equally spaced with both poles.</summary>
    public required LatLonGrid Grid { get; init; }

    /// <summary>Triangular truncation T: the largest total wavenumber, 2 to 1023.</summary>
    public int Truncation { get; init; } = 42;

    /// <summary>Length of one step, up to a day.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Element type of state and fields: float64 or float32.</summary>
    public ScalarType DType { get; init; } = ScalarType.Float64;

    public Device Device { get; init; } = CPU;

    /// <summary>Damping of the smallest scales; none when null.</summary>
    public Hyperdiffusion? Hyperdiffusion { get; init; }

    /// <summary>Steps the members of a batch one after the other, so that a member's bits cannot depend on its batch, whatever the BLAS; it
    /// takes half more time or so (docs/models.md). Together they may, and <see cref="ModelDescription.DependsOnBatch"/> says what was
    /// found.</summary>
    public bool MembersApart { get; init; }

    /// <summary>Bounds by output variable that take the place of the model's own.</summary>
    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();

    /// <summary>The model's kind, for messages.</summary>
    internal abstract string Model { get; }

    internal virtual void Check()
    {
        Require(Truncation is >= 2 and <= 1023, "truncation", $"{Truncation}", "a whole number from 2 to 1023");
        Require(Step > TimeSpan.Zero && Step <= TimeSpan.FromDays(1), "step", $"{Step}", "more than 0 and at most 1 day (30m suits T42)");
        Require(DType is ScalarType.Float64 or ScalarType.Float32, "dtype", DType.Name(), "float64 or float32");
        if (Hyperdiffusion is { } damping)
        {
            Require(damping.Order is >= 2 and <= 16 && damping.Order % 2 == 0, "hyperdiffusion order", $"{damping.Order}", "2, 4, … 16");
            Require(damping.Timescale > TimeSpan.Zero, "hyperdiffusion timescale", $"{damping.Timescale}", "more than 0 (such as 6h)");
        }
    }

    /// <summary>The options that shape numbers beyond script, step, grid and element type, as texts that are compared on resume.</summary>
    internal virtual IEnumerable<string> NumericsInputs()
    {
        yield return FormattableString.Invariant($"truncation = {Truncation}");
        if (Hyperdiffusion is { } damping)
            yield return FormattableString.Invariant($"hyperdiffusion = order {damping.Order}, {damping.Timescale.TotalSeconds} s");
    }

    /// <summary>A model's bounds with those in place of its own that were asked for.</summary>
    internal IReadOnlyDictionary<string, FieldBounds> BoundsOver(IReadOnlyDictionary<string, FieldBounds> usual) =>
        usual.ToDictionary(b => b.Key, b => Bounds.TryGetValue(b.Key, out var other) ? other : b.Value);

    private protected void Require(bool holds, string setting, string found, string expected)
    {
        if (!holds)
            throw new SpecException($"The {Model} model's {setting} is {found}; expected {expected}.");
    }
}

/// <summary>Damping of the smallest scales: a coefficient of degree n decays as exp(-t/timescale · q^(order/2)), with q = (n(n+1) - 2) /
/// (T(T+1) - 2). Degree 1, the angular momentum, is left alone.</summary>
/// <param name="Order">Order of the operator: 2 is diffusion, 4 and 8 act ever more on the last few degrees. Even, 2 to 16.</param>
/// <param name="Timescale">e-folding time of the truncation limit, degree T.</param>
public sealed record Hyperdiffusion(int Order, TimeSpan Timescale)
{
    /// <summary>What is left of a coefficient of degree <paramref name="n"/> after <paramref name="seconds"/>, solved exactly.</summary>
    internal double Remaining(int n, int truncation, double seconds)
    {
        var q = Math.Max(n * (n + 1.0) - 2, 0) / (truncation * (truncation + 1.0) - 2);
        return Math.Exp(-seconds / Timescale.TotalSeconds * Math.Pow(q, Order / 2));
    }

    /// <summary>What is left of each coefficient [m, l] after so many seconds; all of it without damping.</summary>
    internal static double[] Remaining(Hyperdiffusion? damping, SpectralShape shape, double seconds) =>
        shape.Fill((_, n) => damping?.Remaining(n, shape.Truncation, seconds) ?? 1);
}
