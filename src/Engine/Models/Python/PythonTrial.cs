namespace Cairn.Engine.Models.Python;

/// <summary>Finds out what a Python class does not say of itself: it is stepped twice from the same fields of one member. An error, answers
/// that differ in a bit, memory that is kept or left unwritten, and numbers that are none are refused before anything begins.</summary>
internal sealed class PythonTrial(PythonHost host, PythonModelOptions options, ModelDescription description)
{
    private const string Why = "It was called once before the run, to see that it does what a rollout needs";

    // Any two bytes: a number that a step leaves unwritten is another each time.
    private const byte First = 0x3f;
    private const byte Second = 0x40;

    /// <summary>Steps from fields <c>[1, variable, latitude, longitude]</c>, or from made-up numbers between 0 and 1.</summary>
    internal void Try(Tensor? fields)
    {
        using var scope = NewDisposeScope();
        var grid = description.InputGrid;
        var given = fields ?? ScriptTrial.MadeUp(
            [1, description.InputVariables.Count, grid.Latitudes.Count, grid.Longitudes.Count], description.DType, description.Device);
        var state = Same("init", model => model.Initialize(given));
        var next = Same("step", model => model.Step(state, TimeSpan.Zero));
        var output = Same("fields", model => model.Fields(next));
        if (fields is not null)
            RequireFinite("state", "init made it of the initial condition", state, next, output);
    }

    private Tensor Same(string method, Func<PythonMembers, Tensor> call)
    {
        var (first, second) = (Call(First, call), Call(Second, call));
        return first.HasBitsOf(second) ? first : throw new SpecException(
            $"{method} of '{options.Class}' gave two answers to one argument, which no restart could repeat; expected the same bits. Draw "
            + "by self.rng, give what the object remembers by state() and load_state(), and fill all of out. "
            + $"{Why}; python -m cairn.check tells more.");
    }

    private Tensor Call(byte tries, Func<PythonMembers, Tensor> call)
    {
        using var members = new PythonMembers(host, options, description, null) { Tries = tries };
        try
        {
            return call(members);
        }
        catch (StepException e)
        {
            throw new SpecException($"{e.Message}\n{Why}.", e);
        }
    }

    private void RequireFinite(string what, string why, Tensor state, Tensor next, Tensor output)
    {
        var (found, cause) = !IsFinite(state) ? (what, why) : !IsFinite(next) ? (what, "one step made it of a finite one")
            : !IsFinite(output) ? ("output", "fields made it of a finite state") : (null, "");
        if (found is not null)
            throw new SpecException($"The {found} of '{options.Class}' is NaN or infinite somewhere; expected finite numbers, but {cause}. "
                + "Check the initial condition, units and the class.");
    }

    private static bool IsFinite(Tensor tensor) => tensor.Ranges(1)[0].IsFinite;
}
