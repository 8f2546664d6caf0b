namespace Cairn.Engine.Tests.Perturbations;

/// <summary>Breeding through small linear models whose growing directions are known.</summary>
public sealed class BredVectorTests : IDisposable
{
    private const int Rows = 19;
    private const int Columns = 8;

    /// <summary>Doubles what lies north of the equator, halves what lies south of it, around a state of its own.</summary>
    private const string Northward = """
        def step(x: Tensor) -> Tensor:
            row = torch.arange(0, 19, dtype=x.dtype).reshape([1, 1, 19, 1])
            return 10 + (x - 10) * torch.where(row < 9, torch.full_like(row, 2.0), torch.full_like(row, 0.5))
        """;

    private static readonly LatLonGrid Grid = new(
        [.. Enumerable.Range(0, Rows).Select(row => 90 - (10.0 * row))], [.. Enumerable.Range(0, Columns).Select(column => 45.0 * column)]);

    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-bred-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_grows_in_the_model_is_what_is_left_and_it_has_the_size_of_the_noise()
    {
        using var model = Model(Northward);
        var noise = Noise([0.5, 0.2]);
        using var x = Fields([0, 1]);
        using var seeded = noise.Apply(x, [0, 1], level: 2);
        using var bred = new BredVectorPerturbation(model, noise, cycles: 12).Apply(x, [0, 1], level: 2);
        foreach (var member in new[] { 0, 1 })
        {
            var (north, south) = Sizes(bred, x, member);
            Assert.InRange(south / north, 0, 1e-5);
            var (seededNorth, seededSouth) = Sizes(seeded, x, member);
            Assert.Equal(seededNorth + seededSouth, north + south, 4);
        }
    }

    [Fact]
    public void Both_kinds_give_a_member_the_same_in_whatever_batch_it_is()
    {
        using var model = Model(Northward);
        foreach (var kind in new[] { "bred", "centred" })
        {
            IPerturbation New() => kind == "bred" ? new BredVectorPerturbation(model, Noise([0.5, 0.2]), 3) : Centred(model, []);
            using var all = Apply(New(), [0, 1, 2, 3, 4, 5]);
            foreach (var members in new int[][] { [5], [2, 3], [4, 1] })
            {
                using var some = Apply(New(), members);
                for (var i = 0; i < members.Length; i++)
                {
                    using var expected = all.select(0, members[i]);
                    using var found = some.select(0, i);
                    Assert.True(found.HasBitsOf(expected));
                }
            }
        }
    }

    [Fact]
    public void A_centred_pair_lies_about_the_initial_condition_with_the_amplitude_in_each_hemisphere()
    {
        using var model = Model(Northward);
        var asked = new List<TimeSpan>();
        using var bred = Apply(Centred(model, asked), [2, 3]);
        using var x = Fields([2, 3]);
        var (values, centre) = (bred.ToArray<double>(), x.ToArray<double>());
        var size = 2 * Rows * Columns;
        for (var i = 0; i < size; i++)
            Assert.Equal(centre[i], (values[i] + values[size + i]) / 2, 9);
        foreach (var (variable, amplitude) in new[] { (0, 0.5), (1, 0.2) })
        {
            var dx = values.Zip(centre, (a, b) => a - b).Skip(variable * Rows * Columns).Take(Rows * Columns).ToArray();
            // Both hemispheres, though the north grew by 64 against the south's 1/64.
            Assert.Equal(amplitude, Rms(dx, latitude => latitude > 20), 6);
            Assert.Equal(amplitude, Rms(dx, latitude => latitude < -20), 6);
        }
        Assert.Equal([-36, -24, -12], asked.Select(lag => lag.TotalHours));
    }

    [Fact]
    public void A_model_that_forgets_every_difference_is_an_error_that_names_the_member()
    {
        using var model = Model("def step(x: Tensor) -> Tensor:\n    return x * 0\n");

        var error = Assert.Throws<StepException>(() => Apply(new BredVectorPerturbation(model, Noise([0.5, 0.2]), 3), [7]));

        Assert.Equal(7, error.Member);
        Assert.Contains("after cycle 1 its difference from the unperturbed state is zero", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_does_not_give_back_what_it_takes_is_refused()
    {
        using var model = Model("""
            def step(x: Tensor) -> Tensor:
                return x
            def fields(x: Tensor) -> Tensor:
                return x[:, 0:1]
            """, ["u"]);

        var refusal = Assert.Throws<SpecException>(() => new BredVectorPerturbation(model, Noise([0.5, 0.2]), 3));

        Assert.Contains("does not give v back", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lagged_member_starts_from_the_fields_of_its_own_time()
    {
        using var model = Model(Northward);
        var lagged = new LaggedEnsemble(
            model.Description, [TimeSpan.Zero, TimeSpan.FromHours(-6), TimeSpan.FromHours(-12)], lag => Analysis(lag.TotalHours));
        using var fields = Apply(lagged, [2, 0]);
        var values = fields.ToArray<double>();

        Assert.Equal(Analysis(-12).Fields, values[..(2 * Rows * Columns)]);
        Assert.Equal(Analysis(0).Fields, values[(2 * Rows * Columns)..]);
        var refusal = Assert.Throws<SpecException>(() => Apply(lagged, [3]));
        Assert.Contains("3 lags are given, and member 3 has none", refusal.Message, StringComparison.Ordinal);
    }

    private static NoisePerturbation Noise(double[] amplitudes) => new(11, amplitudes, new WhiteNoise(Grid));

    private static CentredBredVectorPerturbation Centred(IPrognosticModel model, List<TimeSpan> asked) =>
        new(model, Noise([0.5, 0.2]), [0.5, 0.2], lag =>
        {
            asked.Add(lag);
            return Analysis(lag.TotalHours);
        }, cycles: 3, stepsPerCycle: 2);

    private static InitialCondition Analysis(double hours) => new(
        ["u", "v"], Grid, [.. Enumerable.Range(0, 2 * Rows * Columns).Select(i => 10 + Math.Sin(i + hours))],
        CfTime.Parse("1990-01-01", CfCalendar.Standard, out _), new Dictionary<string, string?>());

    private static Tensor Fields(int[] members)
    {
        using var one = Analysis(0).ToTensor(["u", "v"]);
        return stack([.. members.Select(_ => one)]);
    }

    private static Tensor Apply(IPerturbation perturbation, int[] members)
    {
        using var x = Fields(members);
        return perturbation.Apply(x, members, level: 2);
    }

    /// <summary>Of a member's difference, the squared sizes of the halves, each variable in units of its variance.</summary>
    private static (double North, double South) Sizes(Tensor perturbed, Tensor x, int member)
    {
        var size = 2 * Rows * Columns;
        var centre = x.ToArray<double>().AsSpan(member * size, size).ToArray();
        var dx = perturbed.ToArray<double>().Skip(member * size).Zip(centre, (a, b) => a - b).ToArray();
        var (north, south) = (0d, 0d);
        foreach (var variable in new[] { 0, 1 })
        {
            var part = dx[(variable * Rows * Columns)..((variable + 1) * Rows * Columns)];
            var variance = Variance(centre[(variable * Rows * Columns)..((variable + 1) * Rows * Columns)]);
            // Halves of the whole sphere's area each, but for the equator.
            north += Math.Pow(Rms(part, latitude => latitude > 0), 2) * Share(latitude => latitude > 0) / variance;
            south += Math.Pow(Rms(part, latitude => latitude <= 0), 2) * Share(latitude => latitude <= 0) / variance;
        }
        return (north, south);
    }

    private static double Share(Func<double, bool> rows) =>
        Grid.Latitudes.Where(rows).Sum(Weight) / Grid.Latitudes.Sum(Weight);

    private static double Variance(double[] field)
    {
        var mean = Mean(field, _ => true);
        return Mean([.. field.Select(value => (value - mean) * (value - mean))], _ => true);
    }

    private static double Rms(double[] field, Func<double, bool> rows) => Math.Sqrt(Mean([.. field.Select(v => v * v)], rows));

    private static double Mean(double[] field, Func<double, bool> rows)
    {
        var chosen = Enumerable.Range(0, field.Length).Where(i => rows(Grid.Latitudes[i / Columns])).ToList();
        return chosen.Sum(i => field[i] * Weight(Grid.Latitudes[i / Columns])) / chosen.Sum(i => Weight(Grid.Latitudes[i / Columns]));
    }

    private static double Weight(double latitude) => Math.Max(0, Math.Cos(latitude * Math.PI / 180));

    private ScriptModel Model(string text, string[]? outputs = null)
    {
        var path = Path.Combine(_folder, "model.ts");
        File.WriteAllText(path, text + "\n");
        return ScriptModel.Open(new ScriptModelOptions
        {
            Path = path,
            InputVariables = ["u", "v"],
            OutputVariables = outputs ?? ["u", "v"],
            InputGrid = Grid,
            Step = TimeSpan.FromHours(6),
            DType = ScalarType.Float64,
        });
    }
}
