namespace Cairn.Engine.Earth2Studio;

/// <summary>Gaussian noise as Earth2Studio's <c>Gaussian</c> draws it, number for number: <c>x + amplitude * randn</c>, one generator for
/// all members, batch after batch, whose state is kept as the original keeps it. For ensembles that the original began, or is to go on
/// with.</summary>
/// <remarks>What a member gets depends on the batches before it, as there. A batch that goes on from a session is not drawn again, so that
/// the ones after it get what they would have got without the restart; the original draws again and goes on with other numbers.</remarks>
public sealed class OriginalGaussianPerturbation : IPerturbation, IDisposable
{
    private readonly double _amplitude;
    private readonly ulong _seed;
    private readonly OriginalGaussianState _state = new();
    private Generator? _generator;

    /// <param name="amplitude">The standard deviation of the noise, in every variable's unit.</param>
    /// <param name="seed">The generator's seed, so that the draws can be repeated.</param>
    public OriginalGaussianPerturbation(double amplitude, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amplitude);
        (_amplitude, _seed) = (amplitude, seed);
    }

    public void Bind(CheckpointSession session)
    {
        if (session.Bind(_state).StateLoaded && _state.GeneratorState is { } kept)
            Own().SetState(kept.ToArray<byte>());
    }

    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members) =>
        throw new SpecException("One generator draws all members in turn, so the cut of an ensemble cannot change: keep its batch size.");

    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level)
    {
        var generator = Own();
        var before = generator.GetState();
        using var noise = randn(fields.shape, fields.dtype, generator: generator);
        using var amplitude = tensor((float)_amplitude);
        using var scaled = noise * amplitude.to(fields.dtype);
        using var placed = scaled.to(fields.device);
        Keep(level < 2 ? before : generator.GetState());
        return fields.Plus(placed);
    }

    public void Dispose()
    {
        _generator?.Dispose();
        _state.GeneratorState?.Dispose();
        _state.GeneratorState = null;
    }

    private void Keep(byte[] state)
    {
        _state.GeneratorState?.Dispose();
        _state.GeneratorState = Tensors.From(state, state.Length);
    }

    private Generator Own()
    {
        TorchRuntime.Require();
        return _generator ??= new Generator(_seed, CPU);
    }
}

/// <summary>What Earth2Studio's own gaussian perturbation keeps in a checkpoint.</summary>
[CheckpointState(Id = OriginalGaussianState.Id, EvaluatedAnnotations = true)]
public sealed class OriginalGaussianState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "earth2studio.perturbation.gaussian._GaussianCheckpointState";

    /// <summary>The generator's state as <c>Generator.get_state</c> gives it: <c>uint8</c>; null before the first draw.</summary>
    [CheckpointField(Annotation = "torch.Tensor | None", Default = "None")]
    public Tensor? GeneratorState { get; set; }
}
