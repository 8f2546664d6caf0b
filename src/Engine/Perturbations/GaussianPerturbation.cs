using Cairn.Engine.Rollouts;
using Cairn.Engine.Torch;
using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;

namespace Cairn.Engine.Perturbations;

/// <summary>
/// Adds independent gaussian noise to every grid point: <c>x + amplitude * N(0, 1)</c>, drawn in double precision from each member's own
/// generator (the Mersenne Twister of libtorch, on the CPU whatever the model's device).
/// </summary>
public sealed class GaussianPerturbation : IPerturbation
{
    private readonly ulong _runSeed;
    private readonly double _amplitude;
    private readonly IReadOnlyList<bool> _perturbed;
    private readonly GaussianState _state = new();

    /// <param name="runSeed">The run's seed.</param>
    /// <param name="amplitude">Standard deviation of the noise, in the variables' unit; at least 0.</param>
    /// <param name="perturbed">For each input variable, whether it is perturbed.</param>
    public GaussianPerturbation(ulong runSeed, double amplitude, IReadOnlyList<bool> perturbed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amplitude);
        _runSeed = runSeed;
        _amplitude = amplitude;
        _perturbed = perturbed;
    }

    public void Bind(CheckpointSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Bind(_state);
    }

    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(members);
        var theirs = source.Bind(new GaussianState()).Value.Generators;
        foreach (var key in members.Select(MemberKey.Of).Where(theirs.ContainsKey))
        {
            _state.Generators[key] = theirs[key];
        }
    }

    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(members);
        var shape = fields.Shape;
        if (shape.Count != 4 || shape[0] != members.Count || shape[1] != _perturbed.Count)
        {
            throw new SpecException($"The fields to perturb have shape [{string.Join(", ", shape)}]; "
                + $"expected [{members.Count} members, {_perturbed.Count} variables, latitude, longitude].");
        }

        var noise = new List<Tensor>();
        try
        {
            noise.AddRange(members.Select(member => Draw(member, shape[2], shape[3], level)));
            using var stacked = Tensor.Stack([.. noise]);
            using var like = stacked.To(fields.Device, fields.DType);
            return fields.Add(like, _amplitude);
        }
        finally
        {
            noise.ForEach(tensor => tensor.Dispose());
        }
    }

    private Tensor Draw(int member, long latitudes, long longitudes, int level)
    {
        // Always from the seed, never from a kept state: a state kept under level 2 is the one after the draw, and would give another
        // member.
        using var generator = Generator.FromSeed(_runSeed, member);
        var key = MemberKey.Of(member);
        var pre = generator.State;
        var variables = new List<Tensor>();
        try
        {
            variables.AddRange(_perturbed.Select(perturbed => perturbed
                ? generator.Normal([latitudes, longitudes], TorchDType.Float64)
                : Tensor.Full(0, TorchDType.Float64, [latitudes, longitudes])));
            _state.Generators[key] = NdArray.From(level < 2 ? pre : generator.State, pre.Length);
            return Tensor.Stack([.. variables]);
        }
        finally
        {
            variables.ForEach(tensor => tensor.Dispose());
        }
    }
}
