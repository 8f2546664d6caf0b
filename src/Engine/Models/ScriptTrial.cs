namespace Cairn.Engine.Models;

/// <summary>Finds out what a TorchScript file does not say of itself: each method is called twice with one made-up argument. Answers that
/// differ in a bit, tensors of the module that change and an argument that is written to are refused, each with what to do about
/// it.</summary>
/// <param name="script">The file.</param>
/// <param name="isStochastic">Whether it may draw random numbers: the generator is seeded before each call then, as it is in a run.</param>
internal sealed class ScriptTrial(Script script, bool isStochastic = false)
{
    private const string Why = "It was called with made-up numbers between 0 and 1, to see that it does what a rollout needs";

    /// <summary>Numbers between 0 and 1 without a pattern, always the same: nothing that is multiplied hides in them, as it does in
    /// zeros.</summary>
    internal static Tensor MadeUp(long[] shape, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        var count = shape.Aggregate(1L, (product, extent) => product * extent);
        var multiples = arange(1, count + 1, ScalarType.Float64).Times(0.6180339887498949);
        var numbers = multiples - multiples.floor();
        return Tensors.Plain(numbers.reshape(shape).to(dtype, device)).MoveToOuterDisposeScope();
    }

    /// <summary>Calls a method twice and gives its answer.</summary>
    internal Tensor Of(string method, Func<Tensor> call, Tensor argument, bool maySeed = true)
    {
        using var scope = NewDisposeScope();
        var before = argument.clone();
        var held = script.Attributes();
        try
        {
            var first = Answer(method, call, maySeed);
            var second = Answer(method, call, maySeed);
            RequireNothingKept(method, held);
            RequireUntouched(method, argument, before);
            RequireSame(method, first, second, maySeed);
            return first.MoveToOuterDisposeScope();
        }
        finally
        {
            foreach (var tensor in held.Values)
                tensor.Dispose();
        }
    }

    private Tensor Answer(string method, Func<Tensor> call, bool maySeed)
    {
        try
        {
            return isStochastic && maySeed ? SeededSteps.Draw(0, call) : call();
        }
        catch (StepException e)
        {
            throw new SpecException($"{e.Message}\n{Why}. Method '{method}' has to take any numbers of that shape.", e);
        }
    }

    private void RequireNothingKept(string method, IReadOnlyDictionary<string, Tensor> before)
    {
        var after = script.Attributes();
        var changed = after.Where(a => !before.TryGetValue(a.Key, out var old) || !a.Value.HasBitsOf(old)).Select(a => a.Key).ToList();
        if (changed.Count > 0)
            throw new SpecException($"Method '{method}' of '{script.Name}' changes self.{string.Join(", self.", changed)}, which a "
                + $"checkpoint would not hold; expected all state in the tensor that step takes and returns. {Why}.");
    }

    private void RequireUntouched(string method, Tensor argument, Tensor before)
    {
        if (!argument.HasBitsOf(before))
            throw new SpecException($"Method '{method}' of '{script.Name}' changed its argument in place; expected a new tensor: write "
                + $"x = x + y rather than x += y, or begin with x = x.clone(). {Why}.");
    }

    private void RequireSame(string method, Tensor first, Tensor second, bool maySeed)
    {
        if (first.HasBitsOf(second))
            return;
        var cure = !maySeed ? $"expected the same answer: {method} is called whenever its answer is wanted, so draw in step"
            : isStochastic ? "although the generator was seeded before each: it remembers earlier calls, or has a generator of its own"
            : "expected the same answer. If it draws random numbers, set model.stochastic = true: the generator is then seeded from the "
                + "run's seed, the member and the step before each step. If it remembers earlier calls, keep that in the state";
        throw new SpecException($"Method '{method}' of '{script.Name}' gave two answers to one argument, {cure}. {Why}.");
    }
}
