using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>What every spectral model on the sphere is built from.</summary>
public abstract record SpectralOptions
{
    /// <summary>
    /// Grid of the initial and of the output fields: longitudes once around the globe, eastward and equally spaced; latitudes, in either
    /// order, Gaussian, or equally spaced with both poles.
    /// </summary>
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

    /// <summary>
    /// Steps the members of a batch one after the other, so that a member's bits cannot depend on its batch, whatever the BLAS; it takes
    /// half more time or so (docs/models.md). Together they may, and <see cref="ModelDescription.DependsOnBatch"/> tells what was found.
    /// </summary>
    public bool MembersApart { get; init; }

    /// <summary>Bounds by output variable that take the place of the model's own.</summary>
    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();

    /// <summary>The model's kind, for messages.</summary>
    internal abstract string Model { get; }

    /// <exception cref="SpecException">A value is out of its range.</exception>
    internal virtual void Check()
    {
        ArgumentNullException.ThrowIfNull(Grid);
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
        {
            yield return FormattableString.Invariant($"hyperdiffusion = order {damping.Order}, {damping.Timescale.TotalSeconds} s");
        }
    }

    /// <summary>A model's bounds with those in place of its own that were asked for.</summary>
    internal IReadOnlyDictionary<string, FieldBounds> BoundsOver(IReadOnlyDictionary<string, FieldBounds> usual) =>
        usual.ToDictionary(b => b.Key, b => Bounds.TryGetValue(b.Key, out var other) ? other : b.Value, StringComparer.Ordinal);

    private protected void Require(bool holds, string setting, string found, string expected)
    {
        if (!holds)
        {
            throw new SpecException($"The {Model} model's {setting} is {found}; expected {expected}.");
        }
    }
}
