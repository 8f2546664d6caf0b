namespace Cairn.Engine.Perturbations;

/// <summary>Bred vectors (Toth and Kalnay 1993, Bull. Amer. Meteor. Soc. 74, 2317-2330): noise is added to the initial condition, both are
/// stepped, their difference is scaled back to the size of the noise, added to the initial condition, stepped again, and so on. What grows
/// fastest in the model's own dynamics is what is left.</summary>
/// <remarks>The size is that of the whole difference, all variables together, each in units of its own standard deviation over the globe;
/// the balance between variables is the model's. Every cycle starts from the same initial condition: no earlier analyses are
/// needed.</remarks>
public sealed class BredVectorPerturbation : IPerturbation
{
    private readonly NoisePerturbation _seeding;
    private readonly ModelCycle _cycle;
    private readonly AreaMean _area;
    private readonly int _cycles;

    /// <param name="model">The model that is cycled through; not disposed here.</param>
    /// <param name="seeding">The noise that breeding starts from, and whose size the bred vector has.</param>
    /// <param name="cycles">How many cycles, at least 1.</param>
    /// <param name="stepsPerCycle">Model steps in one cycle, at least 1.</param>
    /// <exception cref="SpecException">The model does not give back what it takes.</exception>
    public BredVectorPerturbation(IPrognosticModel model, NoisePerturbation seeding, int cycles, int stepsPerCycle = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cycles, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerCycle, 1);
        _cycle = new ModelCycle(model, stepsPerCycle);
        _area = new AreaMean(model.Description.InputGrid);
        _seeding = seeding;
        _cycles = cycles;
    }

    public void Bind(CheckpointSession session) => _seeding.Bind(session);
    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members) => _seeding.Adopt(source, members);

    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level)
    {
        var x = HostFields.Of(fields);
        using var seeded = _seeding.Apply(fields, members, level);
        var dx = HostFields.Of(seeded).Plus(x, -1);
        var units = Enumerable.Range(0, x.Members).Select(member => Units(x, member)).ToList();
        var size = Sizes(dx, units);
        using var advanced = _cycle.Advance(fields);
        var control = HostFields.Of(advanced);
        for (var cycle = 0; cycle < _cycles; cycle++)
        {
            using var perturbed = x.Plus(dx).ToTensor(fields);
            using var next = _cycle.Advance(perturbed);
            dx = HostFields.Of(next).Plus(control, -1);
            dx = dx.Times(Factors(size, Sizes(dx, units), members, cycle));
        }
        return x.Plus(dx).ToTensor(fields);
    }

    private static List<double> Factors(List<double> wanted, List<double> found, IReadOnlyList<int> members, int cycle)
    {
        for (var i = 0; i < found.Count; i++)
        {
            if (wanted[i] > 0 && (!double.IsFinite(found[i]) || found[i] == 0))
                throw new StepException($"Breeding member {members[i]}: after cycle {cycle + 1} its difference from the unperturbed "
                    + $"state is {(found[i] == 0 ? "zero" : "not finite")}. "
                    + "Use a smaller ensemble.perturbation.amplitude, or another kind.")
                {
                    Member = members[i],
                };
        }
        return [.. wanted.Zip(found, (want, have) => want > 0 ? want / have : 0)];
    }

    private List<double> Sizes(HostFields fields, List<double[]> units) =>
    [
        .. Enumerable.Range(0, fields.Members).Select(member => Math.Sqrt(Enumerable.Range(0, fields.Variables)
            .Sum(variable => _area.MeanSquare(fields.Field(member, variable)) / units[member][variable]))),
    ];

    /// <summary>The variance of each variable over the globe, or 1 where it has none.</summary>
    private double[] Units(HostFields x, int member) =>
    [
        .. Enumerable.Range(0, x.Variables).Select(variable => _area.Variance(x.Field(member, variable)) is > 0 and var variance
            ? variance
            : 1),
    ];
}

/// <summary>Bred vectors in a spec.</summary>
internal sealed class BredVectorKind() : PerturbationKind(Name, "what grows out of noise in the model")
{
    /// <summary>Its word.</summary>
    public const string Name = "bred-vector";

    public override IReadOnlyList<SettingSection> Sections => BreedingSettings.Sections;

    /// <summary>As many cycles as Earth2Studio takes.</summary>
    public override PerturbationSpec Read(SettingReader reader, PerturbationSpec spec) => BreedingSettings.Read(reader, spec, cycles: 20);

    public override void Check(SettingReader reader, RunSpec spec) => BreedingSettings.Check(reader, spec);

    public override IPerturbation Create(PerturbationRequest request) => new BredVectorPerturbation(
        request.Model, request.Noise(), request.Spec.Cycles, BreedingSettings.StepsPerCycle(request));
}
