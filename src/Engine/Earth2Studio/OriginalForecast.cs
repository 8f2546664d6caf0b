using Cairn.Storage.Arrays;

namespace Cairn.Engine.Earth2Studio;

/// <summary>The state of an Earth2Studio model beside Cairn's own, in one session: a forecast that either began goes on with the
/// other.</summary>
internal sealed class OriginalForecast
{
    private static readonly string[] Axes = ["batch", "lead_time", "variable", "lat", "lon"];
    private readonly ModelDescription _model;
    private readonly string _id;
    private readonly OriginalForecastState _state;
    private readonly bool _isLoaded;

    private OriginalForecast(ModelDescription model, string id, OriginalForecastState state, bool isLoaded) =>
        (_model, _id, _state, _isLoaded) = (model, id, state, isLoaded);

    /// <summary>Whether there is a state that the original saved.</summary>
    public bool IsThere => _isLoaded && _state.X is not null;

    /// <summary>Binds to a session in which rollouts of the model keep their state; null where there is nothing to bind. A TorchScript
    /// model is FourCastNet where the row that it goes on from says so.</summary>
    public static OriginalForecast? To(CheckpointSession? session, IPrognosticModel model)
    {
        if (session is not { Checkpoint: { Enabled: true, Options.Level: 2, WorldSize: 1 } })
            return null;
        var held = session.Row?.StateIds ?? [];
        return model.Description.Kind switch
        {
            "persistence" => Of(OriginalPersistenceState.Id, new OriginalPersistenceState()),
            "torchscript" when held.Contains(OriginalFcnState.Id) => Of(OriginalFcnState.Id, new OriginalFcnState()),
            _ => null,
        };

        OriginalForecast Of<T>(string id, T state) where T : OriginalForecastState =>
            new(model.Description, id, state, session.Bind(state).StateLoaded);
    }

    /// <summary>Takes what the original saved for the batch that begins with a member into Cairn's own state. Returns why it can't, or
    /// null.</summary>
    public string? Restore(RolloutState own, int first)
    {
        if (!_isLoaded || _state.X is not { } x)
            return null;
        if (Mismatch(x) is { } why)
            return $"{_id} {why}";
        using var newest = x.select(1, x.shape[1] - 1);
        for (var i = 0; i < newest.shape[0]; i++)
        {
            using var member = newest.select(0, i);
            own.Members[MemberKey.Of(first + i)] = member.clone();
        }
        return null;
    }

    /// <summary>Keeps a batch as the original would.</summary>
    public void Keep(Tensor batch, TimeSpan leadTime)
    {
        _state.X?.Dispose();
        _state.X = batch.unsqueeze(1).contiguous();
        var lead = LeadTimeText.ToNumpy(leadTime);
        _state.CoordKeys = new PayloadTuple([.. Axes]);
        _state.CoordValues = new PayloadTuple(
            NdArray.From(Enumerable.Range(0, (int)batch.shape[0]).Select(i => (long)i).ToArray(), batch.shape[0]),
            new NdArray(NpyDType.Parse($"timedelta64[{lead.Unit}]"), [1], BitConverter.GetBytes(lead.Value)),
            NdText.From(_model.OutputVariables, _model.OutputVariables.Count),
            NdArray.From([.. _model.OutputGrid.Latitudes], _model.OutputGrid.Latitudes.Count),
            NdArray.From([.. _model.OutputGrid.Longitudes], _model.OutputGrid.Longitudes.Count));
    }

    private string? Mismatch(Tensor x)
    {
        var grid = _model.OutputGrid;
        long[] expected =
            [x.shape[0], x.dim() > 1 ? x.shape[1] : 1, _model.OutputVariables.Count, grid.Latitudes.Count, grid.Longitudes.Count];
        if (!x.shape.SequenceEqual(expected) || _state.CoordValues.Items.Count != Axes.Length)
            return $"is of shape [{string.Join(", ", x.shape)}]; this model's is [batch, lead time, {string.Join(", ", expected[2..])}]";
        var coordinates = _state.CoordValues.Items;
        return !(coordinates[2] is NdArray { DType.Kind: 'U' } names && NdText.ToStrings(names).SequenceEqual(_model.OutputVariables))
            ? $"is of other variables than {string.Join(", ", _model.OutputVariables)}, or in another order"
            : Same(coordinates[3], grid.Latitudes) && Same(coordinates[4], grid.Longitudes) ? null
            : "lies on another grid";
    }

    private static bool Same(object? found, IReadOnlyList<double> expected) => found is NdArray { DType.Kind: 'f' } array && (
        array.DType.ItemSize == 8 ? array.AsSpan<double>().ToArray().SequenceEqual(expected)
        : array.DType.ItemSize == 4 && array.AsSpan<float>().ToArray().SequenceEqual(expected.Select(v => (float)v)));
}

/// <summary>What Earth2Studio's models with a plain state keep in a checkpoint: the last fields with their coordinates. Its other models
/// keep nothing, or what only they can read.</summary>
public abstract class OriginalForecastState
{
    private protected OriginalForecastState() { }

    /// <summary><c>[batch, lead_time, variable, latitude, longitude]</c>; null before the first step.</summary>
    [CheckpointField(Annotation = "torch.Tensor | None", Default = "None")]
    public Tensor? X { get; set; }

    /// <summary>The names of the dimensions.</summary>
    [CheckpointField(Annotation = "tuple[str, ...]", Default = "()")]
    public PayloadTuple CoordKeys { get; set; } = new();

    /// <summary>An array of coordinates for each dimension.</summary>
    [CheckpointField(Annotation = "tuple[np.ndarray, ...]", Default = "()")]
    public PayloadTuple CoordValues { get; set; } = new();
}

/// <summary>What Earth2Studio's own persistence model keeps in a checkpoint.</summary>
[CheckpointState(Id = OriginalPersistenceState.Id, EvaluatedAnnotations = true)]
public sealed class OriginalPersistenceState : OriginalForecastState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "earth2studio.models.px.persistence._PersistenceCheckpointState";
}

/// <summary>What Earth2Studio's own FourCastNet (<c>FCN</c>) keeps in a checkpoint.</summary>
[CheckpointState(Id = OriginalFcnState.Id, EvaluatedAnnotations = true)]
public sealed class OriginalFcnState : OriginalForecastState
{
    /// <summary>The state's name in a commit.</summary>
    public const string Id = "earth2studio.models.px.fcn._FCNCheckpointState";
}
