namespace Cairn.Engine.Models.Diagnostics;

/// <summary>A model whose output holds its own fields and, behind them, those that diagnostics derive from them, each from what the model
/// and the diagnostics before it give. State, steps and lead times are the model's alone.</summary>
public sealed class DiagnosedModel : ITimedModel
{
    private readonly List<Tensor> _places = [];
    private readonly bool _leaveOpen;

    /// <param name="prognostic">The model.</param>
    /// <param name="diagnostics">What is derived, in this order. Each is called once on zeros here, so that one which does not give what it
    /// declares is refused before anything begins.</param>
    /// <param name="leaveOpen">Whether the models outlive this one.</param>
    /// <exception cref="SpecException">A diagnostic takes a variable that is not there, gives one that is, has another grid, or does not
    /// give what it declares; everything is disposed but the <paramref name="prognostic"/> model.</exception>
    public DiagnosedModel(IPrognosticModel prognostic, IReadOnlyList<IDiagnosticModel> diagnostics, bool leaveOpen = false)
    {
        Prognostic = prognostic;
        Diagnostics = diagnostics;
        _leaveOpen = leaveOpen;
        try
        {
            Description = Describe(prognostic.Description, diagnostics);
            RequireDeclared();
        }
        catch
        {
            DisposeOwn();
            throw;
        }
    }

    /// <summary>The model without diagnostics.</summary>
    public IPrognosticModel Prognostic { get; }

    /// <summary>What is derived, in this order.</summary>
    public IReadOnlyList<IDiagnosticModel> Diagnostics { get; }

    public ModelDescription Description { get; }
    public bool IsDriven => Prognostic is ITimedModel { IsDriven: true };

    /// <summary>The model itself: what initial conditions are perturbed with has no use for diagnostics.</summary>
    public static IPrognosticModel Bare(IPrognosticModel model) => model is DiagnosedModel diagnosed ? diagnosed.Prognostic : model;

    /// <summary>A model for members that are stepped together: itself, unless it wants to know who they are (<see cref="IMemberModel"/>).
    /// What comes is the model's own, which has to outlive it.</summary>
    public static IPrognosticModel For(IPrognosticModel model, SteppedMembers members) => model switch
    {
        IMemberModel one => one.For(members),
        DiagnosedModel { Prognostic: IMemberModel one } diagnosed =>
            new DiagnosedModel(one.For(members), diagnosed.Diagnostics, leaveOpen: true),
        _ => model,
    };

    public Tensor Initialize(Tensor fields) => Prognostic.Initialize(fields);
    public Tensor Step(Tensor state) => Prognostic.Step(state);
    public Tensor Step(Tensor state, TimeSpan leadTime) => Prognostic.Step(state, leadTime);
    public void RequireSteps(TimeSpan last) => (Prognostic as ITimedModel)?.RequireSteps(last);

    /// <exception cref="StepException">A diagnostic failed; the message names it.</exception>
    public Tensor Fields(Tensor state) => Extend(Prognostic.Fields(state));

    public void Dispose()
    {
        DisposeOwn();
        if (!_leaveOpen)
            Prognostic.Dispose();
    }

    private Tensor Extend(Tensor fields)
    {
        for (var i = 0; i < Diagnostics.Count; i++)
        {
            using var before = fields;
            using var taken = before.index_select(1, _places[i]);
            using var given = Diagnose(Diagnostics[i], taken);
            fields = cat([before, given], 1);
        }
        return fields;
    }

    private static Tensor Diagnose(IDiagnosticModel diagnostic, Tensor taken)
    {
        var description = diagnostic.Description;
        try
        {
            var given = diagnostic.Diagnose(taken);
            long[] expected = [taken.shape[0], description.OutputVariables.Count, taken.shape[2], taken.shape[3]];
            if (given.shape.SequenceEqual(expected) && given.dtype == taken.dtype && given.device.IsSame(taken.device))
                return given;
            using (given)
            {
                throw new SpecException($"The diagnostic {Name(description)} returned {given.Layout()}; expected {taken.dtype.Name()}"
                    + $"[{string.Join(", ", expected)}] on {taken.device} (batch; {string.Join(", ", description.OutputVariables)}; "
                    + "latitude; longitude). Check its outputs.");
            }
        }
        catch (Exception e) when (TorchException.Is(e) || e is StepException { LeadTime: null })
        {
            throw new StepException($"The diagnostic {Name(description)} failed: {e.Message}", e);
        }
    }

    private ModelDescription Describe(ModelDescription model, IReadOnlyList<IDiagnosticModel> diagnostics)
    {
        var variables = model.OutputVariables.ToList();
        var bounds = model.Bounds.ToDictionary(b => b.Key, b => b.Value);
        var diagnosed = new Dictionary<string, string>();
        foreach (var diagnostic in diagnostics.Select(d => d.Description))
        {
            Require(diagnostic, variables, model.OutputGrid);
            long[] places = [.. diagnostic.InputVariables.Select(v => (long)variables.IndexOf(v))];
            using var host = Tensors.From(places, places.Length);
            _places.Add(host.to(model.Device));
            variables.AddRange(diagnostic.OutputVariables);
            foreach (var variable in diagnostic.OutputVariables)
            {
                diagnosed[variable] = diagnostic.Kind;
                if (diagnostic.Bounds.TryGetValue(variable, out var allowed))
                    bounds[variable] = allowed;
            }
        }
        return model with
        {
            OutputVariables = variables,
            Bounds = bounds,
            Diagnosed = diagnosed,
            DependsOnBatch = model.DependsOnBatch || diagnostics.Any(d => d.Description.DependsOnBatch),
        };
    }

    private static void Require(DiagnosticDescription diagnostic, List<string> known, LatLonGrid grid)
    {
        var missing = diagnostic.InputVariables.Except(known).ToList();
        var taken = diagnostic.OutputVariables.Where(v => known.Contains(v) || diagnostic.OutputVariables.Count(o => o == v) > 1).ToList();
        var defect =
            diagnostic.InputVariables.Count == 0 || diagnostic.OutputVariables.Count == 0
                ? "takes or gives nothing; expected variables of each"
            : missing.Count > 0 ? $"takes {string.Join(", ", missing)}; expected names among what the model and the diagnostics before it "
                + $"give: {string.Join(", ", known)}. Check its variables"
            : taken.Count > 0
                ? $"gives {string.Join(", ", taken.Distinct())}, which there is already; expected new names. Check its outputs"
            : !diagnostic.InputGrid.Equals(grid) || !diagnostic.OutputGrid.Equals(grid)
                ? $"goes from a grid of {diagnostic.InputGrid} to one of {diagnostic.OutputGrid}; expected the model's own, {grid}, of both"
            : null;
        if (defect is not null)
            throw new SpecException($"The diagnostic {Name(diagnostic)} {defect}.");
    }

    private void RequireDeclared()
    {
        if (Diagnostics.Any(d => d is AbsentDiagnostic))
            return;
        var model = Prognostic.Description;
        var grid = model.OutputGrid;
        try
        {
            long[] shape = [1, model.OutputVariables.Count, grid.Latitudes.Count, grid.Longitudes.Count];
            Extend(zeros(shape, model.DType, model.Device)).Dispose();
        }
        catch (StepException e)
        {
            throw new SpecException($"{e.Message} It was called on zeros, to see that it goes with the model.", e);
        }
    }

    private static string Name(DiagnosticDescription diagnostic) => $"{diagnostic.Kind} ({string.Join(", ", diagnostic.OutputVariables)})";

    private void DisposeOwn()
    {
        _places.ForEach(p => p.Dispose());
        if (!_leaveOpen)
        {
            foreach (var diagnostic in Diagnostics)
                diagnostic.Dispose();
        }
    }
}
