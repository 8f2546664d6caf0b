using Cairn.Engine.Models;
using Cairn.Engine.Sources;
using Cairn.Engine.Torch;
using Cairn.Storage.Catalog;
using static TorchSharp.torch;

namespace Cairn.Engine.Perturbations;

/// <summary>
/// A lagged ensemble (Hoffman and Kalnay 1983, Tellus 35A, 100-118): each member starts from the fields of another time, as if they were
/// those of the initial time. Member i takes the i-th lag.
/// </summary>
/// <remarks>A lag of zero is the initial condition itself; a positive one looks into the future, which only a hindcast may.</remarks>
public sealed class LaggedEnsemble : IPerturbation
{
    private readonly ModelDescription _model;
    private readonly IReadOnlyList<TimeSpan> _lags;
    private readonly Func<TimeSpan, InitialCondition> _analysis;

    /// <param name="model">What the fields are for.</param>
    /// <param name="lags">One for each member.</param>
    /// <param name="analysis">The initial condition that lies so much before or after that of the run.</param>
    public LaggedEnsemble(ModelDescription model, IReadOnlyList<TimeSpan> lags, Func<TimeSpan, InitialCondition> analysis)
    {
        _model = model;
        _lags = lags;
        _analysis = analysis;
    }

    public void Bind(CheckpointSession session)
    {
        // There is nothing to keep: the fields are in the source.
    }

    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members)
    {
        // As above.
    }

    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(members);
        if (members.Any(member => member >= _lags.Count))
        {
            throw new SpecException($"A lagged ensemble has a member for each lag: {_lags.Count} lags are given, and member "
                + $"{members.Max()} has none. Add lags, or lower ensemble.size.");
        }

        var batches = members.Select(member => _analysis(_lags[member]).ToBatch(1, _model)).ToList();
        try
        {
            return cat([.. batches]);
        }
        finally
        {
            batches.ForEach(batch => batch.Dispose());
        }
    }
}
