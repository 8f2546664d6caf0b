namespace Cairn.Engine.Perturbations;

/// <summary>Hemispheric centred bred vectors (Mahesh et al. 2024, Huge Ensembles Part I, arXiv:2408.03100): bred forward through the
/// analyses of the last few cycles, scaled apart in each hemisphere's extratropics and each variable, interpolated over the tropics, and
/// given to two members at a time, added to one and subtracted from the other.</summary>
/// <remarks>Members 2k and 2k + 1 are a pair; a pair's vector depends on the run's seed and k alone.</remarks>
public sealed class CentredBredVectorPerturbation : IPerturbation
{
    private const double TropicsDegrees = 20;

    private readonly IPrognosticModel _model;
    private readonly ModelCycle _cycle;
    private readonly AreaMean _area;
    private readonly NoisePerturbation _seeding;
    private readonly IReadOnlyList<double> _amplitudes;
    private readonly Func<TimeSpan, InitialCondition> _analysis;
    private readonly TimeSpan _spacing;
    private readonly int _cycles;

    /// <param name="model">The model that is cycled through; not disposed here.</param>
    /// <param name="seeding">The noise that breeding starts from.</param>
    /// <param name="amplitudes">For each input variable, the root mean square of its perturbation in the extratropics.</param>
    /// <param name="analysis">The initial condition that lies so much before or after that of the run.</param>
    /// <param name="cycles">How many cycles, at least 1: analyses as far back are read.</param>
    /// <param name="stepsPerCycle">Model steps from one analysis to the next, at least 1.</param>
    /// <exception cref="SpecException">The model does not give back what it takes.</exception>
    public CentredBredVectorPerturbation(
        IPrognosticModel model, NoisePerturbation seeding, IReadOnlyList<double> amplitudes, Func<TimeSpan, InitialCondition> analysis,
        int cycles, int stepsPerCycle = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cycles, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerCycle, 1);
        (_model, _seeding, _amplitudes, _analysis, _cycles) = (model, seeding, amplitudes, analysis, cycles);
        _cycle = new ModelCycle(model, stepsPerCycle);
        _area = new AreaMean(model.Description.InputGrid);
        _spacing = stepsPerCycle * model.Description.Step;
    }

    public void Bind(CheckpointSession session) => _seeding.Bind(session);
    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members) => _seeding.Adopt(source, Pairs(members));

    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level)
    {
        var pairs = Pairs(members);
        var dx = Breed(pairs, level);
        var x = HostFields.Of(fields);
        for (var i = 0; i < members.Count; i++)
        {
            var sign = members[i] % 2 == 0 ? 1 : -1;
            for (var variable = 0; variable < x.Variables; variable++)
            {
                var vector = dx.Field(pairs.IndexOf(members[i] / 2), variable);
                var field = x.Field(i, variable);
                for (var point = 0; point < field.Length; point++)
                    field[point] += sign * vector[point];
            }
        }
        return x.ToTensor(fields);
    }

    private static List<int> Pairs(IEnumerable<int> members) => [.. members.Select(member => member / 2).Distinct()];

    private HostFields Breed(List<int> pairs, int level)
    {
        HostFields? dx = null;
        for (var cycle = _cycles; cycle > 0; cycle--)
        {
            using var fields = _analysis(-cycle * _spacing).ToBatch(pairs.Count, _model.Description);
            using var perturbed = dx is null ? _seeding.Apply(fields, pairs, level) : HostFields.Of(fields).Plus(dx).ToTensor(fields);
            using var unperturbedNext = _cycle.Advance(fields);
            using var perturbedNext = _cycle.Advance(perturbed);
            dx = Scaled(HostFields.Of(perturbedNext).Plus(HostFields.Of(unperturbedNext), -1));
        }
        return dx!;
    }

    private HostFields Scaled(HostFields dx)
    {
        for (var member = 0; member < dx.Members; member++)
        {
            for (var variable = 0; variable < dx.Variables; variable++)
                Scale(dx.Field(member, variable), _amplitudes[variable]);
        }
        return dx;
    }

    private void Scale(Span<double> field, double amplitude)
    {
        var grid = _model.Description.InputGrid;
        var north = _area.Rms(field, latitude => latitude > TropicsDegrees);
        var south = _area.Rms(field, latitude => latitude < -TropicsDegrees);
        var length = grid.Longitudes.Count;
        for (var row = 0; row < grid.Latitudes.Count; row++)
        {
            var northward = Math.Clamp((grid.Latitudes[row] + TropicsDegrees) / (2 * TropicsDegrees), 0, 1);
            var norm = south + (northward * (north - south));
            foreach (ref var value in field.Slice(row * length, length))
            {
                // Where nothing grew there is nothing to scale.
                value = norm > 0 ? amplitude * value / norm : 0;
            }
        }
    }
}

/// <summary>Hemispheric centred bred vectors in a spec.</summary>
internal sealed class CentredBredVectorKind() : PerturbationKind(Name, "the same through earlier analyses, by hemisphere, in pairs")
{
    /// <summary>Its word.</summary>
    public const string Name = "hemispheric-centred-bred-vector";

    public override IReadOnlyList<SettingSection> Sections => BreedingSettings.Sections;

    /// <summary>As many cycles as Earth2Studio takes.</summary>
    public override PerturbationSpec Read(SettingReader reader, PerturbationSpec spec) => BreedingSettings.Read(reader, spec, cycles: 3);

    public override void Check(SettingReader reader, RunSpec spec) => BreedingSettings.Check(reader, spec);

    public override IEnumerable<TimeSpan> OtherTimes(PerturbationSpec spec, TimeSpan modelStep) =>
        Enumerable.Range(1, spec.Cycles).Select(cycle => -cycle * (spec.Spacing ?? modelStep));

    public override IPerturbation Create(PerturbationRequest request) => new CentredBredVectorPerturbation(
        request.Model, request.Noise(), request.Amplitudes(), request.Analysis, request.Spec.Cycles,
        BreedingSettings.StepsPerCycle(request));
}
