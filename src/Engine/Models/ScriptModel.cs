namespace Cairn.Engine.Models;

/// <summary>A model given as TorchScript: <c>step(x: Tensor) -> Tensor</c>, and if need be <c>init(fields: Tensor) -> Tensor</c> and
/// <c>fields(x: Tensor) -> Tensor</c>, which both default to the identity: functions of a source text, or methods of an archive.</summary>
/// <remarks>
/// An <c>init(fields: Tensor, time: Tensor)</c> is also given the time of the fields: float64 of shape <c>[]</c>, seconds since
/// 1970-01-01 in the calendar of the initial condition. A <c>step(x: Tensor, forcing: Tensor)</c> is also given <c>[forcing, latitude,
/// longitude]</c>: what <c>model.forcing</c> names, as it is at the time of the step.
/// <para/>
/// All state is in the tensor that <c>step</c> takes and returns. What the file does not say of itself is found out when it is opened
/// (<see cref="ScriptTrial"/>).
/// </remarks>
public sealed partial class ScriptModel : IDatedModel, ITimedModel
{
    private static readonly string[] Contract = ["step", "init", "fields"];

    private readonly Script _module;
    private readonly bool _hasInit;
    private readonly bool _hasFields;
    private readonly bool _initTakesTime;
    private readonly CfTime? _initial;
    private readonly ForcingFields? _forcing;
    private readonly bool _leaveOpen;

    private ScriptModel(
        Script module, ModelDescription description, CfTime? initial, ForcingFields? forcing, bool leaveOpen = false)
    {
        (_module, Description, _initial, _forcing, _leaveOpen) = (module, description, initial, forcing, leaveOpen);
        (_hasInit, _hasFields) = (module.HasMethod("init"), module.HasMethod("fields"));
        _initTakesTime = _hasInit && TakesTime(module);
    }

    public ModelDescription Description { get; }
    public bool IsDriven => _forcing is not null;

    /// <summary>Opens the file and checks its methods.</summary>
    /// <exception cref="DataException">There is no such file, or it is neither an archive nor text.</exception>
    /// <exception cref="SpecException">The text does not compile, or a method is missing, has another signature, or does not do in a trial
    /// what a model has to.</exception>
    public static ScriptModel Open(ScriptModelOptions options)
    {
        var (module, numerics) = ScriptFile.Open(options.Path, options.Device);
        try
        {
            RequireMethods(module, options);
            module.To(options.Device, options.DType);
            var model = new ScriptModel(module, Describe(options, numerics), options.InitialTime, options.Forcing);
            model.Try();
            return model;
        }
        catch
        {
            module.Dispose();
            options.Forcing?.Dispose();
            throw;
        }
    }

    internal static ModelDescription Describe(ScriptModelOptions options, string numerics) => new(
        "torchscript", options.InputVariables, options.OutputVariables, options.InputGrid, options.OutputGrid ?? options.InputGrid,
        options.Step, options.DType, options.Device, options.DependsOnBatch && !options.Stochastic, options.Bounds, [numerics])
    {
        IsStochastic = options.Stochastic,
    };

    /// <exception cref="SpecException">The fields, or the state that <c>init</c> made of them, have another shape or element
    /// type.</exception>
    /// <exception cref="StepException"><c>init</c> raised an error.</exception>
    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        var converted = fields.to(Description.DType, Description.Device);
        if (!_hasInit)
            return converted;
        using (converted)
        {
            var state = CallInit(converted);
            // Of model.dtype, because that is what a restored state is given as.
            return state.shape.Length > 0 && state.shape[0] == fields.shape[0] && state.dtype == Description.DType
                ? state
                : throw Refuse(state, "init", $"a {Description.DType.Name()} state whose first axis is the batch, {fields.shape[0]}");
        }
    }

    /// <exception cref="SpecException"><c>step</c> returned another shape, element type or device than it was given.</exception>
    /// <exception cref="StepException"><c>step</c> raised an error, or takes forcing, which depends on the lead time.</exception>
    public Tensor Step(Tensor state) => IsDriven ? throw TimedSteps.LeadTimeMissing(Description.Kind) : Step(state, TimeSpan.Zero);

    /// <exception cref="SpecException"><c>step</c> returned another shape, element type or device than it was given.</exception>
    /// <exception cref="StepException"><c>step</c> raised an error.</exception>
    public Tensor Step(Tensor state, TimeSpan leadTime)
    {
        using var forcing = _forcing?.At(_initial, leadTime);
        var next = forcing is null ? Call("step", state) : Call("step", state, forcing);
        return next.HasLayoutOf(state) ? next : throw Refuse(next, "step", $"the state's own: {state.Layout()}");
    }

    /// <exception cref="SpecException"><c>fields</c> (or the state, if there is no such method) does not have the declared output
    /// shape.</exception>
    /// <exception cref="StepException"><c>fields</c> raised an error.</exception>
    public Tensor Fields(Tensor state)
    {
        var fields = !_hasFields ? state.alias() : Description.IsStochastic ? Apart(state) : Call("fields", state);
        var batch = state.shape[0];
        return ModelShapes.IsOutput(Description, fields, batch)
            ? fields
            : throw Refuse(fields, _hasFields ? "fields" : "step (there is no method fields, so the state is the output)",
                ModelShapes.ExpectedOutput(Description, batch) + "; check the declared output variables");
    }

    public IPrognosticModel From(CfTime initial) => new ScriptModel(_module, Description, initial, _forcing, leaveOpen: true);

    /// <summary>Whether its forcing reaches so far was found out before.</summary>
    public void RequireSteps(TimeSpan last) { }

    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _module.Dispose();
            _forcing?.Dispose();
        }
    }

    /// <summary>Takes every method once through what a rollout does with it.</summary>
    private void Try()
    {
        using var scope = NewDisposeScope();
        var trial = new ScriptTrial(_module, Description.IsStochastic);
        var grid = Description.InputGrid;
        var fields = ScriptTrial.MadeUp(
            [1, Description.InputVariables.Count, grid.Latitudes.Count, grid.Longitudes.Count], Description.DType, Description.Device);
        var state = _hasInit ? trial.Of("init", () => Initialize(fields), fields) : fields;
        _ = trial.Of("step", () => Step(state, TimeSpan.Zero), state);
        if (_hasFields)
            _ = trial.Of("fields", () => Fields(state), state, maySeed: false);
        else
            _ = Fields(state);
    }

    /// <summary>Fields of one member after the other, as the members of a stochastic model are stepped: the batch must not show.</summary>
    private Tensor Apart(Tensor state)
    {
        using var scope = NewDisposeScope();
        Tensor[] members = [.. Enumerable.Range(0, (int)state.shape[0]).Select(i => Call("fields", state.narrow(0, i, 1)))];
        return cat(members).MoveToOuterDisposeScope();
    }

    private Tensor CallInit(Tensor fields)
    {
        if (!_initTakesTime)
            return Call("init", fields);
        using var host = Tensors.From([_initial!.Value.SecondsSince1970]);
        using var time = host.to(Description.Device);
        return Call("init", fields, time);
    }

    private Tensor Call(string method, Tensor argument, params ReadOnlySpan<Tensor> further)
    {
        try
        {
            return _module.Call(method, [argument, .. further]);
        }
        catch (TorchException e)
        {
            throw new StepException($"Method '{method}' of '{_module.Name}' failed on {argument.Layout()}: {e.Message}", e);
        }
    }

    private SpecException Refuse(Tensor found, string method, string expected)
    {
        using (found)
        {
            return new SpecException($"Method '{method}' of '{_module.Name}' returned {found.Layout()}; expected {expected}.");
        }
    }

    private static void RequireMethods(Script module, ScriptModelOptions options)
    {
        if (!module.HasMethod("step"))
            throw new SpecException($"'{module.Name}' has no method 'step'; found {string.Join(", ", module.Methods)}; expected "
                + "step(x: Tensor) -> Tensor. For a module with forward, export it with a method step that calls forward.");
        foreach (var method in Contract.Where(module.HasMethod))
        {
            if (method == "step")
                RequireStep(module, options.Forcing);
            else if (method != "init" || !TakesTime(module))
                ScriptContract.Require(module, method);
            else if (options.InitialTime is null)
                throw new SpecException($"Method 'init' of '{module.Name}' asks for the time of the fields, and none is known. "
                    + $"Give {nameof(ScriptModelOptions)}.{nameof(ScriptModelOptions.InitialTime)}.");
        }
    }

    /// <summary>It takes forcing where there is some, and only there.</summary>
    private static void RequireStep(Script module, ForcingFields? forcing)
    {
        var signature = module.Signature("step");
        if (forcing is null ? ScriptContract.TakesOneTensor(module, "step") : StateAndForcing().IsMatch(signature))
            return;
        throw new SpecException($"Method 'step' of '{module.Name}' has the signature {signature}; expected "
            + (forcing is null ? "step(x: Tensor) -> Tensor; with model.forcing it may be step(x: Tensor, forcing: Tensor) -> Tensor."
                : $"step(x: Tensor, forcing: Tensor) -> Tensor, since model.forcing has {string.Join(", ", forcing.Names)}."));
    }

    private static bool TakesTime(Script module) => FieldsAndTime().IsMatch(module.Signature("init"));

    [GeneratedRegex(@"^step\((?:\S+ self, )?Tensor \w+, Tensor \w+(, [^,=]+=[^,]+)*\) -> \(?Tensor\b[^,]*$")]
    private static partial Regex StateAndForcing();

    [GeneratedRegex(@"^init\((?:\S+ self, )?Tensor \w+, Tensor time(, [^,=]+=[^,]+)*\) -> \(?Tensor\b[^,]*$")]
    private static partial Regex FieldsAndTime();
}
