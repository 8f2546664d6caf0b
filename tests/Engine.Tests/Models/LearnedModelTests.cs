namespace Cairn.Engine.Tests.Models;

/// <summary>The shipped net, on the two years that its training never saw.</summary>
public sealed partial class LearnedModelTests
{
    private const int FirstUnseen = 108;
    private const int Months = 132;

    private static readonly TimeSpan Month = TimeSpan.FromHours(730.5);

    private static readonly string Root = typeof(LearnedModelTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;

    [Fact]
    public void It_beats_persistence_and_monthly_climatology_by_the_figures_in_the_readme()
    {
        TorchRuntime.UseDeterministicSettings();
        var months = Enumerable.Range(0, Months).Select(Read).ToList();
        double[] model = [0, 0], persistence = [0, 0], climatology = [0, 0];
        for (var month = FirstUnseen; month < Months; month++)
        {
            AddSquareErrors(model, OneMonthFrom(months[month - 1]), months[month]);
            AddSquareErrors(persistence, months[month - 1].Values, months[month]);
            AddSquareErrors(climatology, Mean(months, month % 12), months[month]);
        }
        Assert.Equal(Told("this model"), Rmse(model));
        Assert.Equal(Told("persistence"), Rmse(persistence));
        Assert.Equal(Told("monthly climatology"), Rmse(climatology));
        Assert.True(model.Sum() < 0.8 * climatology.Sum());
    }

    [Fact]
    public void Its_clock_starts_at_the_month_of_the_initial_condition_and_turns_once_a_year()
    {
        TorchRuntime.UseDeterministicSettings();
        var april = Read(3);
        using var model = Open(april);
        using var fields = Fields(april);
        var state = model.Initialize(fields);
        for (var month = 0; month < 12; month++)
        {
            using var old = state;
            Assert.Equal(Math.Cos(2 * Math.PI * (3 + month) / 12), Clock(state, 2), 5);
            Assert.Equal(Math.Sin(2 * Math.PI * (3 + month) / 12), Clock(state, 3), 5);
            state = model.Step(old);
        }
        state.Dispose();
    }

    [Fact]
    public void An_archive_is_no_larger_than_two_megabytes() =>
        Assert.InRange(new FileInfo(Path.Combine(Root, "models", "monthly-winds.pt")).Length, 1, 2_000_000);

    /// <summary>The errors of u and v, as the README tells them.</summary>
    private static IEnumerable<string> Rmse(double[] sums) =>
        sums.Select(sum => Math.Sqrt(sum / (Months - FirstUnseen)).ToString("0.00", CultureInfo.InvariantCulture));

    private static IEnumerable<string> Told(string forecast)
    {
        var line = File.ReadLines(Path.Combine(Root, "README.md")).Single(l => l.StartsWith($"| {forecast} |", StringComparison.Ordinal));
        return Figure().Matches(line).Select(m => m.Value);
    }

    private static NetCdfFieldSet Read(int month) => NetCdfFields.Read(
        Path.Combine(Root, "data", "navy-winds-1982-1992.nc"),
        [KeyValuePair.Create("u", "u10m"), KeyValuePair.Create("v", "v10m")],
        TimeSelector.At(month));

    private static ScriptModel Open(NetCdfFieldSet initial) => ScriptModel.Open(new ScriptModelOptions
    {
        Path = Path.Combine(Root, "models", "monthly-winds.pt"),
        InputVariables = ["u", "v"],
        OutputVariables = ["u", "v"],
        InputGrid = new LatLonGrid(initial.Latitude, initial.Longitude),
        InitialTime = initial.Time,
        Step = Month,
    });

    private static Tensor Fields(NetCdfFieldSet month)
    {
        using var exact = Tensors.From(month.Values, 1, 2, month.Latitude.Count, month.Longitude.Count);
        return exact.to(ScalarType.Float32);
    }

    private static double[] OneMonthFrom(NetCdfFieldSet month)
    {
        using var model = Open(month);
        using var fields = Fields(month);
        using var state = model.Initialize(fields);
        using var next = model.Step(state);
        using var output = model.Fields(next);
        using var exact = output.to(ScalarType.Float64);
        return exact.ToArray<double>();
    }

    /// <summary>The mean of one calendar month over the years of the training.</summary>
    private static double[] Mean(List<NetCdfFieldSet> months, int calendarMonth)
    {
        var years = Enumerable.Range(0, FirstUnseen / 12).Select(year => months[(12 * year) + calendarMonth].Values).ToList();
        return [.. Enumerable.Range(0, years[0].Length).Select(i => years.Average(values => values[i]))];
    }

    /// <summary>Adds the mean squares of u and of v, weighted by area.</summary>
    private static void AddSquareErrors(double[] sums, double[] forecast, NetCdfFieldSet truth)
    {
        var (row, plane) = (truth.Longitude.Count, truth.Longitude.Count * truth.Latitude.Count);
        var weights = truth.Latitude.Sum(latitude => row * Math.Cos(Math.PI / 180 * latitude));
        for (var i = 0; i < forecast.Length; i++)
        {
            var weight = Math.Cos(Math.PI / 180 * truth.Latitude[i % plane / row]);
            sums[i / plane] += weight * Math.Pow(forecast[i] - truth.Values[i], 2) / weights;
        }
    }

    private static double Clock(Tensor state, int channel)
    {
        using var member = state.select(0, 0);
        using var plane = member.select(0, channel);
        return plane.ToArray<float>()[0];
    }

    [GeneratedRegex(@"[0-9]+\.[0-9]{2}")]
    private static partial Regex Figure();
}
