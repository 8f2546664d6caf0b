using Cairn.Storage.Arrays;

namespace Cairn.Engine.Perturbations;

/// <summary>Adds gaussian noise: <c>x + amplitude * noise</c>, the noise drawn and shaped in double precision from each member's own
/// generator (the Mersenne Twister of libtorch, on the CPU whatever the model's device).</summary>
public sealed class NoisePerturbation : IPerturbation
{
    private readonly ulong _runSeed;
    private readonly IReadOnlyList<double> _amplitudes;
    private readonly INoise _noise;
    private readonly GaussianState _state = new();

    /// <param name="runSeed">The run's seed.</param>
    /// <param name="amplitudes">
    /// For each input variable the standard deviation of its noise, in the variable's unit; a variable with 0 draws nothing.
    /// </param>
    /// <param name="noise">The noise's structure in space.</param>
    public NoisePerturbation(ulong runSeed, IReadOnlyList<double> amplitudes, INoise noise)
    {
        foreach (var amplitude in amplitudes)
            ArgumentOutOfRangeException.ThrowIfNegative(amplitude, nameof(amplitudes));
        (_runSeed, _amplitudes, _noise) = (runSeed, amplitudes, noise);
    }

    public void Bind(CheckpointSession session) => session.Bind(_state);

    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members)
    {
        var theirs = source.Bind(new GaussianState()).Value.Generators;
        foreach (var key in members.Select(MemberKey.Of).Where(theirs.ContainsKey))
            _state.Generators[key] = theirs[key];
    }

    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level)
    {
        RequireShape(fields.shape, members.Count);
        var numbers = members.SelectMany(member => Draw(member, level)).ToList();
        var noise = _noise.Fields(numbers);
        var perturbed = Enumerable.Range(0, _amplitudes.Count).Where(variable => _amplitudes[variable] > 0).ToList();
        var size = _noise.Shape.Latitudes * _noise.Shape.Longitudes;
        var scaled = new double[members.Count * _amplitudes.Count * size];
        for (var i = 0; i < noise.Count; i++)
        {
            var variable = perturbed[i % perturbed.Count];
            var place = scaled.AsSpan(((i / perturbed.Count * _amplitudes.Count) + variable) * size, size);
            for (var point = 0; point < size; point++)
                place[point] = _amplitudes[variable] * noise[i][point];
        }
        using var exact = Tensors.From(scaled, [.. fields.shape]);
        using var like = exact.to(fields.dtype, fields.device);
        return fields.Plus(like);
    }

    private void RequireShape(IReadOnlyList<long> shape, int members)
    {
        var (latitudes, longitudes) = _noise.Shape;
        if (!shape.SequenceEqual([members, _amplitudes.Count, latitudes, longitudes]))
            throw new SpecException($"The fields to perturb have shape [{string.Join(", ", shape)}]; expected "
                + $"[{members} members, {_amplitudes.Count} variables, {latitudes} latitudes, {longitudes} longitudes].");
    }

    /// <summary>The numbers of one member, variable after variable.</summary>
    private List<double[]> Draw(int member, int level)
    {
        // Always from the seed, never from a kept state: a state kept under level 2 is the one after the draw, and would give another
        // member.
        using var generator = MemberGenerator.FromSeed(_runSeed, member);
        var pre = generator.GetState();
        var numbers = _amplitudes.Where(amplitude => amplitude > 0).Select(_ => Draw(generator)).ToList();
        _state.Generators[MemberKey.Of(member)] = NdArray.From(level < 2 ? pre : generator.GetState(), pre.Length);
        return numbers;
    }

    private double[] Draw(Generator generator)
    {
        using var drawn = randn([_noise.Numbers], ScalarType.Float64, generator: generator);
        return drawn.ToArray<double>();
    }
}
