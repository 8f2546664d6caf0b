using System.Text.RegularExpressions;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Models;

/// <summary>
/// A model given as TorchScript: <c>step(self, x: Tensor) -> Tensor</c>, and if need be <c>init(self, fields: Tensor) -> Tensor</c> and
/// <c>fields(self, x: Tensor) -> Tensor</c>, which both default to the identity.
/// </summary>
/// <remarks>
/// An <c>init(self, fields: Tensor, time: Tensor)</c> is also given the time of the fields: float64 of shape <c>[]</c>, seconds since
/// 1970-01-01 in the calendar of the initial condition. A step is told no time; what depends on it goes on in the state.
/// <para/>
/// All state is in the tensor that <c>step</c> takes and returns: a module that assigns its own attributes is refused, since what it
/// remembers would be lost with the process.
/// </remarks>
public sealed partial class ScriptModel : IPrognosticModel
{
    private static readonly string[] Contract = ["step", "init", "fields"];

    private readonly ScriptModule _module;
    private readonly bool _hasInit;
    private readonly bool _hasFields;
    private readonly double? _initialTime;

    private ScriptModel(ScriptModule module, ModelDescription description, double? initialTime)
    {
        _module = module;
        _initialTime = initialTime;
        _hasInit = module.HasMethod("init");
        _hasFields = module.HasMethod("fields");
        Description = description;
    }

    public ModelDescription Description { get; }

    /// <summary>Opens the file and checks its methods.</summary>
    /// <exception cref="DataException">There is no such file, or it is neither an archive nor text.</exception>
    /// <exception cref="SpecException">The text does not compile, or a method is missing, has another signature or keeps state of its
    /// own.</exception>
    public static ScriptModel Open(ScriptModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (module, numerics) = ScriptFile.Open(options.Path, options.Device);
        try
        {
            RequireMethods(module);
            module.To(options.Device, options.DType);
            var description = new ModelDescription(
                "torchscript", options.InputVariables, options.OutputVariables, options.InputGrid, options.OutputGrid ?? options.InputGrid,
                options.Step, options.DType, options.Device, options.DependsOnBatch, options.Bounds, [numerics]);
            return new ScriptModel(module, description, TimeFor(module, options));
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SpecException">The fields, or the state that <c>init</c> made of them, have another shape or element
    /// type.</exception>
    /// <exception cref="StepException"><c>init</c> raised an error.</exception>
    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        var converted = fields.To(Description.Device, Description.DType);
        if (!_hasInit)
        {
            return converted;
        }
        using (converted)
        {
            var state = CallInit(converted);
            // Of model.dtype, because that is what a restored state is given as.
            return state.Shape.Count > 0 && state.Shape[0] == fields.Shape[0] && state.DType == Description.DType
                ? state
                : throw Refuse(state, "init", $"a {Description.DType.Name()} state whose first axis is the batch, {fields.Shape[0]}");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SpecException"><c>step</c> returned another shape, element type or device than it was given.</exception>
    /// <exception cref="StepException"><c>step</c> raised an error.</exception>
    public Tensor Step(Tensor state)
    {
        var next = Call("step", state);
        return next.HasLayoutOf(state) ? next : throw Refuse(next, "step", $"the state's own: {state}");
    }

    /// <inheritdoc/>
    /// <exception cref="SpecException"><c>fields</c> (or the state, if there is no such method) does not have the declared output
    /// shape.</exception>
    /// <exception cref="StepException"><c>fields</c> raised an error.</exception>
    public Tensor Fields(Tensor state)
    {
        var fields = _hasFields ? Call("fields", state) : state.To(state.Device);
        var batch = state.Shape[0];
        return ModelShapes.IsOutput(Description, fields, batch)
            ? fields
            : throw Refuse(fields, _hasFields ? "fields" : "step (there is no method fields, so the state is the output)",
                ModelShapes.ExpectedOutput(Description, batch) + "; check the declared output variables");
    }

    public void Dispose() => _module.Dispose();

    private Tensor CallInit(Tensor fields)
    {
        if (_initialTime is not { } seconds)
        {
            return Call("init", fields);
        }

        using var host = Tensor.From([seconds]);
        using var time = host.To(Description.Device);
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
            throw new StepException($"Method '{method}' of '{_module.Name}' failed on {argument}: {e.Message}", e);
        }
    }

    private SpecException Refuse(Tensor found, string method, string expected)
    {
        using (found)
        {
            return new SpecException($"Method '{method}' of '{_module.Name}' returned {found}; expected {expected}.");
        }
    }

    private static void RequireMethods(ScriptModule module)
    {
        if (!module.HasMethod("step"))
        {
            throw new SpecException($"'{module.Name}' has no method 'step'; found {string.Join(", ", module.Methods)}; expected "
                + "step(self, x: Tensor) -> Tensor. For a module with forward, export it with a method step that calls forward.");
        }
        foreach (var method in Contract.Where(module.HasMethod))
        {
            if (method == "init" && TakesTime(module))
            {
                ScriptContract.RequireStateless(module, method);
            }
            else
            {
                ScriptContract.Require(module, method);
            }
        }
    }

    private static bool TakesTime(ScriptModule module) => FieldsAndTime().IsMatch(module.Signature("init"));

    private static double? TimeFor(ScriptModule module, ScriptModelOptions options) =>
        !module.HasMethod("init") || !TakesTime(module)
            ? null
            : options.InitialTime?.SecondsSince1970 ?? throw new SpecException(
                $"Method 'init' of '{module.Name}' asks for the time of the fields, and none is known. "
                + $"Give {nameof(ScriptModelOptions)}.{nameof(ScriptModelOptions.InitialTime)}.");

    [GeneratedRegex(@"^init\(\S+ self, Tensor \w+, Tensor time(, [^,=]+=[^,]+)*\) -> \(?Tensor\b[^,]*$")]
    private static partial Regex FieldsAndTime();
}
