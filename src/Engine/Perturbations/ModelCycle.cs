namespace Cairn.Engine.Perturbations;

/// <summary>A model as a map from input fields to input fields some steps later: what breeding cycles through.</summary>
internal sealed class ModelCycle
{
    private readonly IPrognosticModel _model;
    private readonly int _steps;
    private readonly int[] _channels;

    public ModelCycle(IPrognosticModel model, int steps)
    {
        var description = model.Description;
        if (model is IMemberModel)
            throw new SpecException($"A bred vector is put through the model before lead time zero and for no member, but a step of the "
                + $"{description.Kind} model may depend on both. Choose another ensemble.perturbation.kind.");
        if (model is ITimedModel { IsDriven: true })
            throw new SpecException($"A bred vector is put through the model before lead time zero, where nothing drives the "
                + $"{description.Kind} model. Choose another ensemble.perturbation.kind.");
        if (description.IsStochastic)
            throw new SpecException($"A bred vector is what grows between two runs of the model, but steps of the {description.Kind} model "
                + "draw random numbers (model.stochastic = true), which differ by themselves. Choose another ensemble.perturbation.kind.");
        var outputs = description.OutputVariables.ToList();
        var missing = description.InputVariables.Where(v => !outputs.Contains(v)).ToList();
        if (missing.Count > 0 || description.InputGrid != description.OutputGrid)
        {
            var found = missing.Count > 0
                ? $"does not give {string.Join(", ", missing)} back (it gives {string.Join(", ", outputs)})"
                : $"takes fields of {description.InputGrid} and gives fields of {description.OutputGrid}";
            throw new SpecException($"A bred vector is put through the model again and again, but the {description.Kind} model {found}. "
                + "Choose another ensemble.perturbation.kind.");
        }
        (_model, _steps) = (model, steps);
        _channels = [.. description.InputVariables.Select(v => outputs.IndexOf(v))];
    }

    /// <summary><c>[batch, input variable, latitude, longitude]</c> one cycle later.</summary>
    public Tensor Advance(Tensor fields)
    {
        var state = _model.Initialize(fields);
        for (var step = 0; step < _steps; step++)
        {
            using var old = state;
            // A cycle is a rollout of its own, which begins at lead time zero.
            state = _model.Step(old, step * _model.Description.Step);
        }
        using (state)
        {
            using var output = _model.Fields(state);
            return InInputOrder(output);
        }
    }

    private Tensor InInputOrder(Tensor output)
    {
        using var scope = NewDisposeScope();
        return stack(_channels.Select(channel => output.select(1, channel)), 1).MoveToOuterDisposeScope();
    }
}
