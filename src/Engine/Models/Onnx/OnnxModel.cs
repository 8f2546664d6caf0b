using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Cairn.Engine.Models.Onnx;

/// <summary>A model given as an ONNX file, stepped by ONNX Runtime: its inputs are read from the state's memory, and its outputs written to
/// that of the next. State: <c>[batch, variable, latitude, longitude]</c>, normalised, the variables in the order of the inputs.</summary>
/// <remarks>One session a model, whatever the number of batches: it may be stepped by several threads. What the file does not say of itself
/// is found out when it is opened: it is stepped twice from the same fields.</remarks>
public sealed class OnnxModel : ITimedModel, IDatedModel
{
    private readonly OnnxModelOptions _options;
    private CfTime? _initial;
    private bool _isBorrowed;
    private readonly OnnxCall _call;
    private readonly IReadOnlyList<OnnxPort> _inputs;
    private readonly IReadOnlyList<OnnxPort> _outputs;
    private readonly (int To, int From)[] _previous;
    private readonly long[] _fields;
    private readonly OnnxNormalisation _normalisation;
    private readonly OnnxNormalisation _ofForcing;

    private OnnxModel(OnnxModelOptions options, InferenceSession session, ModelDescription description)
    {
        (_options, Description, _initial) = (options, description, options.InitialTime);
        var contract = new OnnxContract(options.Path, options);
        _inputs = contract.Inputs(session);
        _outputs = contract.Outputs(session);
        if (options.Members == OnnxMembers.Together && _inputs.Concat(_outputs).FirstOrDefault(p => !p.HasFreeBatch) is { } closed)
            throw new SpecException($"model.members is together, but '{closed.Name}' of '{options.Path}' has no free first axis for the "
                + "members. Export it with one (dynamic_axes), or use model.members = alone.");
        var state = options.Mapping.State.ToList();
        _previous = [.. options.Mapping.Previous.Select(p => (state.IndexOf(p.Variable), state.IndexOf(p.Of)))];
        _fields = [.. options.Mapping.Fields.Select(v => (long)state.IndexOf(v))];
        _normalisation = new OnnxNormalisation(options, state);
        _ofForcing = new OnnxNormalisation(options, options.Mapping.Forcing);
        _call = new OnnxCall(options.Path, session, options.Device, options.DType, _inputs, _outputs);
    }

    public ModelDescription Description { get; }
    public bool IsDriven => _options.Forcing is not null;

    /// <summary>Opens the file, checks its tensors, and steps it twice.</summary>
    /// <param name="options">What it does not say of itself.</param>
    /// <param name="fields">Fields of one member to step from, which have to give finite ones; made-up numbers without them.</param>
    /// <exception cref="DataException">There is no such file, or ONNX Runtime cannot use it.</exception>
    /// <exception cref="SpecException">Its tensors do not fit, or it does not do in a trial what a model has to.</exception>
    public static OnnxModel Open(OnnxModelOptions options, Tensor? fields = null)
    {
        foreach (var (found, expected) in options.Mapping.Mistakes())
            throw new SpecException($"The mapping of '{options.Path}' has {found}; expected {expected}.");
        var description = Describe(options);
        var session = OnnxLibrary.Open(options.Path, options.Device, options.Threads);
        try
        {
            var model = new OnnxModel(options, session, description);
            new OnnxTrial(model, options).Try(fields);
            return model;
        }
        catch
        {
            session.Dispose();
            options.Forcing?.Dispose();
            throw;
        }
    }

    /// <summary>What such a model is; reads its files, and loads no weights.</summary>
    internal static ModelDescription Describe(OnnxModelOptions options) => new(
        "onnx", options.Mapping.State, options.Mapping.Fields, options.Grid, options.Grid, options.Step, options.DType, options.Device,
        options.Members == OnnxMembers.Together, options.Bounds, OnnxFile.Digests(options.Path));

    /// <exception cref="SpecException">The fields have another shape.</exception>
    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        using var scope = NewDisposeScope();
        return _normalisation.Reduced(fields.to(Description.DType, Description.Device)).MoveToOuterDisposeScope();
    }

    /// <exception cref="StepException">ONNX Runtime failed, or the file takes forcing, which depends on the lead time.</exception>
    public Tensor Step(Tensor state) => IsDriven ? throw TimedSteps.LeadTimeMissing(Description.Kind) : Step(state, TimeSpan.Zero);

    /// <exception cref="StepException">ONNX Runtime failed.</exception>
    public Tensor Step(Tensor state, TimeSpan leadTime)
    {
        using var scope = NewDisposeScope();
        var from = Tensors.Plain(state);
        var to = Tensors.Unwritten(Description.DType, from.shape, Description.Device);
        Step(from, from, to, leadTime);
        return to.MoveToOuterDisposeScope();
    }

    /// <summary>Advances a state into another's memory, within the caller's dispose scope.</summary>
    internal void Step(Tensor from, Tensor before, Tensor to, TimeSpan start)
    {
        var members = from.shape[0];
        var forcing = ForcingAt(start);
        if (members == 1 || _options.Members == OnnxMembers.Together)
        {
            Run(from, forcing, to, members);
        }
        else
        {
            for (var i = 0L; i < members; i++)
            {
                using var member = NewDisposeScope();
                Run(from.narrow(0, i, 1), forcing, to.narrow(0, i, 1), 1);
            }
        }
        foreach (var (channel, of) in _previous)
            _ = to.narrow(1, channel, 1).copy_(before.narrow(1, of, 1));
    }

    public Tensor Fields(Tensor state)
    {
        using var scope = NewDisposeScope();
        var physical = _normalisation.Restored(state);
        var chosen = _fields.Length == state.shape[1]
            ? physical.alias()
            : physical.index_select(1, Tensors.From(_fields, _fields.Length).to(state.device));
        return chosen.MoveToOuterDisposeScope();
    }

    public IPrognosticModel From(CfTime initial)
    {
        // It has all that this one has, and owns none of it.
        var later = (OnnxModel)MemberwiseClone();
        (later._initial, later._isBorrowed) = (initial, true);
        return later;
    }

    /// <summary>Whether its forcing reaches so far was found out before.</summary>
    public void RequireSteps(TimeSpan last) { }

    public void Dispose()
    {
        if (_isBorrowed)
            return;
        _call.Dispose();
        _normalisation.Dispose();
        _ofForcing.Dispose();
        _options.Forcing?.Dispose();
    }

    /// <summary>What a step from a lead time is given besides the state, normalised: <c>[1, forcing, latitude, longitude]</c>.</summary>
    private Tensor? ForcingAt(TimeSpan start) =>
        _options.Forcing is not { } forcing ? null : _ofForcing.Reduced(forcing.At(_initial, start).unsqueeze(0));

    /// <summary>Steps members that share a call.</summary>
    private void Run(Tensor from, Tensor? forcing, Tensor to, long members)
    {
        var given = _inputs.Select(port => Given(port, from, forcing, members)).ToList();
        var made = _outputs.Select(port => InPlace(port, to) ?? Apart(port, to)).ToList();
        _call.Run(given, made, members);
        for (var i = 0; i < made.Count; i++)
            Spread(_outputs[i], made[i], to);
    }

    /// <summary>What an input is given: the state's own memory, unless there is forcing in it.</summary>
    private static Tensor Given(OnnxPort port, Tensor from, Tensor? forcing, long members)
    {
        var state = from.shape[1];
        return Tensors.Plain(forcing is null || port.At.All(at => at < state)
            ? from.narrow(1, port.At[0], port.Channels)
            : cat([.. port.At.Select(at => at < state ? from.narrow(1, at, 1)
                : forcing.narrow(1, at - state, 1).expand(members, -1, -1, -1))], 1));
    }

    /// <summary>The state's own memory for an output, or null where it does not lie there as a new tensor would: kernels choose their
    /// rounding by that.</summary>
    private static Tensor? InPlace(OnnxPort port, Tensor to) =>
        port.IsRun && to.narrow(1, port.At[0], port.Channels) is { } part && Tensors.IsPlain(part) ? part : null;

    private static Tensor Apart(OnnxPort port, Tensor to) =>
        Tensors.Unwritten(to.dtype, [to.shape[0], port.Channels, to.shape[2], to.shape[3]], to.device);

    /// <summary>Copies an output that is not in its place.</summary>
    private static void Spread(OnnxPort port, Tensor made, Tensor to)
    {
        if (InPlace(port, to) is not null)
            return;
        for (var i = 0; i < port.At.Count; i++)
            _ = to.narrow(1, port.At[i], 1).copy_(made.narrow(1, i, 1));
    }
}
