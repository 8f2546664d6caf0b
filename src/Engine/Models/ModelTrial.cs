namespace Cairn.Engine.Models;

/// <summary>Tries the methods of an extension's model on two members before a run: results of the declared type and shape, unchanged
/// arguments, and the same bits when called again. What fails here would otherwise show late, or only as other bytes after a
/// restart.</summary>
internal sealed class ModelTrial(IPrognosticModel model)
{
    private const int Members = 2;
    private readonly string _kind = model.Description.Kind;

    /// <summary>Tries a model of a kind that an extension adds; others are tested here, or tried as they are loaded.</summary>
    /// <exception cref="SpecException">It does not do what a rollout needs.</exception>
    public static void Require(ModelKind kind, IPrognosticModel model, InitialCondition initial)
    {
        if (kind.GetType().Assembly == typeof(ModelTrial).Assembly || model is AbsentModel)
            return;
        if (model is IMemberModel ofMembers)
            model = ofMembers.For(new SteppedMembers(0, [.. Enumerable.Range(0, Members)], _ => 0));
        new ModelTrial(model.At(initial.Time)).Try(initial);
    }

    private void Try(InitialCondition initial)
    {
        using var scope = NewDisposeScope();
        var about = model.Description;
        var one = initial.ToTensor(about.InputVariables).unsqueeze(0).to(about.DType, about.Device);
        // Two different members, the second one a column further east.
        var state = Of("Initialize", cat([one, one.roll(1, 3)]), model.Initialize, alone: true);
        RequireState("Initialize", state, $"[{Members}, …]", state.shape is [Members, ..]);
        var next = Of("Step", state, x => model.Step(x, TimeSpan.Zero), alone: true);
        RequireState("Step", next, ModelShapes.Text(state.shape), next.shape.SequenceEqual(state.shape));
        var fields = Of("Fields", state, model.Fields, alone: false);
        RequireState("Fields", fields, ModelShapes.ExpectedOutput(about, Members), ModelShapes.IsOutput(about, fields, Members));
    }

    /// <summary>Calls a method twice, and once with the first member alone.</summary>
    private Tensor Of(string method, Tensor argument, Func<Tensor, Tensor> call, bool alone)
    {
        var before = argument.clone();
        var (first, second) = (Call(method, argument, call), Call(method, argument, call));
        if (!argument.HasBitsOf(before))
            throw Wrong(method, "changed its argument", "a new tensor: x + y, and no x.add_(y)");
        if (!first.HasBitsOf(second))
            throw Wrong(method, "gave two results for one argument",
                "the same bits: keep all state in the tensor, and draw random numbers only in a model whose description is stochastic");
        if (alone && !model.Description.DependsOnBatch && model is not IMemberModel && first.shape is [Members, ..]
            && !Call(method, argument.narrow(0, 0, 1).clone(), call).HasBitsOf(first.narrow(0, 0, 1)))
            throw Wrong(method, "gave other bits for a member alone than beside another one",
                "bits that do not depend on the batch, or DependsOnBatch: true in the description");
        return first;
    }

    private Tensor Call(string method, Tensor argument, Func<Tensor, Tensor> call)
    {
        Tensor result;
        try
        {
            result = model.Description.IsStochastic ? SeededSteps.Draw(0, () => call(argument)) : call(argument);
        }
        catch (Exception e) when (e is not SpecException and not OutOfMemoryException)
        {
            throw new SpecException($"{method} of the {_kind} model failed when it was tried on the initial condition: {e.Message}"
                + $"{ExtensionCode.At(e)}", e);
        }
        if (ReferenceEquals(result, argument) || result is not null && result.Handle == argument.Handle)
            throw Wrong(method, "returned its argument", "a new tensor, which the caller disposes: x.clone()");
        return result is null || result.IsInvalid ? throw Wrong(method, "returned no tensor", "a new tensor")
            : argument.IsInvalid ? throw Wrong(method, "disposed its argument", "that the caller does") : result;
    }

    private void RequireState(string method, Tensor result, string shape, bool isShaped)
    {
        var about = model.Description;
        if (!isShaped || result.dtype != about.DType || result.device_type != about.Device.type)
            throw Wrong(method, $"returned {result.Layout()}",
                $"{about.DType.ToString().ToLowerInvariant()} of shape {shape} on {about.Device}, as its description says");
    }

    private SpecException Wrong(string method, string found, string expected) => new(
        $"{method} of the {_kind} model {found}; expected {expected}. It was tried on two members of the initial condition.");
}
