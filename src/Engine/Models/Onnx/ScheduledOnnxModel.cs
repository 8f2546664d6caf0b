namespace Cairn.Engine.Models.Onnx;

/// <summary>A model given as several ONNX files that cover different times, such as 6 h and 24 h: at each step the one that covers the most
/// of those whose time ends there, counted from lead time zero, steps the state at the start of that time, so that errors add up over fewer
/// calls. State: <c>[batch, variable, latitude, longitude]</c>, normalised, first the variables of the newest state, then those of each
/// earlier one that a call to come begins from.</summary>
/// <remarks>One session a file, whatever the number of batches. All files have the same inputs and outputs.</remarks>
public sealed class ScheduledOnnxModel : ITimedModel, IDatedModel
{
    private readonly IReadOnlyList<OnnxModel> _networks;
    private readonly OnnxSchedule _schedule;
    private readonly long _channels;

    private ScheduledOnnxModel(IReadOnlyList<OnnxModel> networks)
    {
        _networks = networks;
        _schedule = new OnnxSchedule([.. networks.Select(network => network.Description.Step)]);
        _channels = networks[0].Description.InputVariables.Count;
        Description = Of(networks.Select(network => network.Description));
    }

    public ModelDescription Description { get; }
    public bool IsDriven => _networks[0].IsDriven;

    /// <summary>Opens the files, checks their tensors, and steps each twice.</summary>
    /// <param name="options">What they do not say of themselves; its file is the one that covers a step.</param>
    /// <param name="longer">The others, in any order; each covers a whole multiple of what the next shorter one does.</param>
    /// <param name="fields">Fields of one member to step from, which have to give finite ones; made-up numbers without them.</param>
    /// <exception cref="DataException">There is no such file, or ONNX Runtime cannot use it.</exception>
    /// <exception cref="SpecException">The times make no schedule, tensors do not fit, or a file does not do in a trial what a model has
    /// to.</exception>
    public static ScheduledOnnxModel Open(OnnxModelOptions options, IReadOnlyList<OnnxNetwork> longer, Tensor? fields = null)
    {
        var each = Each(options, longer);
        foreach (var (found, expected) in OnnxSchedule.Mistakes([.. each.Select(one => one.Step)], options.Step))
            throw new SpecException($"The networks of '{options.Path}' have {found}; expected {expected}.");
        var networks = new List<OnnxModel>();
        try
        {
            networks.AddRange(each.Select(one => OnnxModel.Open(one, fields)));
            return new ScheduledOnnxModel(networks);
        }
        catch
        {
            networks.ForEach(network => network.Dispose());
            throw;
        }
    }

    /// <summary>What such a model is; reads its files, and loads no weights.</summary>
    internal static ModelDescription Describe(OnnxModelOptions options, IReadOnlyList<OnnxNetwork> longer) =>
        Of(Each(options, longer).Select(OnnxModel.Describe));

    /// <exception cref="SpecException">The fields have another shape.</exception>
    public Tensor Initialize(Tensor fields)
    {
        using var scope = NewDisposeScope();
        var newest = _networks[0].Initialize(fields);
        return cat([.. Enumerable.Repeat(newest, _schedule.States)], 1).MoveToOuterDisposeScope();
    }

    /// <exception cref="StepException">Always: the step depends on the lead time.</exception>
    public Tensor Step(Tensor state) => throw TimedSteps.LeadTimeMissing(Description.Kind);

    /// <exception cref="StepException">ONNX Runtime failed, or it is no state of such networks at such a time.</exception>
    public Tensor Step(Tensor state, TimeSpan leadTime)
    {
        Require(state, leadTime);
        using var scope = NewDisposeScope();
        var from = Tensors.Plain(state);
        var to = Tensors.Unwritten(Description.DType, from.shape, Description.Device);
        var end = leadTime + _schedule.Step;
        var network = _schedule.EndingAt(end);
        _networks[network].Step(
            Kept(from, _schedule.StartOf(network)), Kept(from, 0), Kept(to, 0), end - _networks[network].Description.Step);
        for (var place = 1; place < _schedule.States; place++)
            _ = Kept(to, place).copy_(_schedule.IsRenewed(place, end) ? Kept(to, 0) : Kept(from, place));
        return to.MoveToOuterDisposeScope();
    }

    /// <remarks>Those of the newest state.</remarks>
    public Tensor Fields(Tensor state)
    {
        using var scope = NewDisposeScope();
        return _networks[0].Fields(Tensors.Plain(Kept(state, 0))).MoveToOuterDisposeScope();
    }

    public IPrognosticModel From(CfTime initial) =>
        new ScheduledOnnxModel([.. _networks.Select(network => (OnnxModel)network.From(initial))]);

    /// <summary>Whether its forcing reaches so far was found out before.</summary>
    public void RequireSteps(TimeSpan last) { }

    public void Dispose()
    {
        foreach (var network in _networks)
            network.Dispose();
    }

    private static List<OnnxModelOptions> Each(OnnxModelOptions options, IReadOnlyList<OnnxNetwork> longer) =>
    [
        .. longer.Select(network => options with { Path = network.Path, Step = network.Covers }).Prepend(options)
            .OrderBy(one => one.Step),
    ];

    private static ModelDescription Of(IEnumerable<ModelDescription> networks)
    {
        var all = networks.ToList();
        return all[0] with { NumericsInputs = [.. all.SelectMany(network => network.NumericsInputs)] };
    }

    private void Require(Tensor state, TimeSpan leadTime)
    {
        if (leadTime < TimeSpan.Zero || leadTime.Ticks % _schedule.Step.Ticks != 0)
            throw new StepException($"The networks were to step a state of lead time {LeadTimeText.Of(leadTime)}; expected a whole "
                + $"multiple of their step, {LeadTimeText.Of(_schedule.Step)}, counted from where the rollout begins.");
        if (state.shape.Length != 4 || state.shape[1] != _schedule.States * _channels)
            throw new StepException($"The networks were to step a state {state.Layout()}; expected {_schedule.States * _channels} "
                + $"channels: {_channels} variables of {_schedule.States} times. Begin the run anew with these networks.");
    }

    /// <summary>One of the states that a state is made of; 0 is the newest.</summary>
    private Tensor Kept(Tensor state, int place) => state.narrow(1, place * _channels, _channels);
}
