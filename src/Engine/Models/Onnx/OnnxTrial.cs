namespace Cairn.Engine.Models.Onnx;

/// <summary>Finds out what an ONNX file does not say of itself: it is stepped twice from the same fields of one member. An error, answers
/// that differ in a bit, and numbers that are none are refused before anything begins.</summary>
/// <param name="model">The opened file.</param>
/// <param name="options">What it was opened with.</param>
internal sealed class OnnxTrial(OnnxModel model, OnnxModelOptions options)
{
    /// <summary>Steps from fields <c>[1, variable, latitude, longitude]</c>, or from made-up numbers between 0 and 1.</summary>
    internal void Try(Tensor? fields)
    {
        using var scope = NewDisposeScope();
        var description = model.Description;
        var grid = description.InputGrid;
        var given = fields ?? ScriptTrial.MadeUp(
            [1, description.InputVariables.Count, grid.Latitudes.Count, grid.Longitudes.Count], description.DType, description.Device);
        var state = model.Initialize(given);
        if (fields is not null)
            RequireFinite(state, Input, "the initial condition holds it there. Fill or mask it in the file that initial.path names");
        var (first, second) = (Step(state), Step(state));
        if (!first.HasBitsOf(second))
            throw new SpecException($"'{options.Path}' gave two answers to one state, which no restart could repeat; expected a step "
                + "without random numbers. Export the model in evaluation mode (model.eval()), without dropout.");
        if (fields is not null)
            RequireFinite(first, Output, "one step from the initial condition, which is finite, made it. Check the order of the variables "
                + "in model.inputs and model.outputs, their units, and model.normalisation");
    }

    private Tensor Step(Tensor state)
    {
        try
        {
            return model.Step(state, TimeSpan.Zero);
        }
        catch (StepException e)
        {
            throw new SpecException($"{e.Message}\nIt was stepped once, to see that it does what a rollout needs.", e);
        }
    }

    private void RequireFinite(Tensor state, Func<string, string> tensor, string why)
    {
        var ranges = state.Ranges(2);
        for (var i = 0; i < ranges.Length; i++)
        {
            if (!ranges[i].IsFinite)
            {
                var variable = model.Description.InputVariables[i];
                throw new SpecException($"'{options.Path}': {variable} in {tensor(variable)} is NaN or infinite somewhere; expected finite "
                    + $"numbers, but {why}.");
            }
        }
    }

    private string Input(string variable) => $"input '{Tensor(options.Mapping.Inputs, variable)}'";
    private string Output(string variable) => $"output '{Tensor(options.Mapping.Outputs, variable)}'";

    private static string Tensor(IReadOnlyList<OnnxTensor> tensors, string variable) =>
        tensors.FirstOrDefault(t => t.Variables.Contains(variable, StringComparer.Ordinal))?.Name ?? "";
}
