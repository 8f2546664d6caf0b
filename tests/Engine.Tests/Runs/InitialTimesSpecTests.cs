namespace Cairn.Engine.Tests.Runs;

/// <summary>Several initial times in a spec: lists, ranges, and what is wrong with them.</summary>
public sealed class InitialTimesSpecTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[\"2024-01-01\", \"2024-01-02T12:00\"]", "2024-01-01, 2024-01-02T12:00")]
    [InlineData("[\"2024-01-01\"]", "2024-01-01")]
    [InlineData("[1990-02-29, 1990-02-30]", "1990-02-29, 1990-02-30")]
    [InlineData("[\"2024-01-01T00:00:00Z\", \"2024-01-01T01:00:00.5+00:30\"]", "2024-01-01T00:00:00Z, 2024-01-01T01:00:00.5+00:30")]
    [InlineData("{ from = 2024-02-28, to = 2024-03-01, every = 1d }", "2024-02-28, 2024-02-29, 2024-03-01")]
    [InlineData("{ from = 2024-01-01, to = 2024-01-10, every = 7d }", "2024-01-01, 2024-01-08")]
    [InlineData("{ from = 2024-01-01, to = 2024-01-02, every = 12h }", "2024-01-01T00:00, 2024-01-01T12:00, 2024-01-02T00:00")]
    [InlineData("{ from = \"2024-01-01T00:00:30\", to = 2024-01-02, every = 1d }", "2024-01-01T00:00:30")]
    [InlineData("{ from = \"2024-01-01T06:00\", to = \"2024-01-01T06:00\", every = 1d }", "2024-01-01T06:00")]
    public void Times_are_a_list_or_a_range_with_its_end(string given, string times)
    {
        var spec = _folder.Read(SpecFolder.Whole + "initial.time = " + given);

        Assert.Equal(times, string.Join(", ", Enumerable.Range(0, spec.Initial.TimeCount).Select(t => spec.Initial.At(t).Time)));
        var again = RunSpecJson.Read(RunSpecJson.Write(spec).ToJsonString(), "run.json");
        Assert.Equal(spec.ToNumerics(), again.ToNumerics());
        Assert.Equal(spec.Initial.Times.Later, again.Initial.Times.Later);
    }

    [Fact]
    public void JSON_and_YAML_have_lists_and_ranges_too()
    {
        _folder.Write("list.yaml", Yaml("[2024-01-01, 2024-01-02]"));
        _folder.Write("range.yaml", Yaml("{from: 2024-01-01, to: 2024-01-02, every: 1d}"));

        Assert.All(["list.yaml", "range.yaml"], name => Assert.Equal(
            ["2024-01-02"], RunSpecReader.Read(_folder.Path(name), [], _folder.Work).Initial.LaterTimes.Select(t => $"{t}")));
    }

    [Theory]
    [InlineData("[]", "initial.time", "0 times", "1 to 10000 initial times")]
    [InlineData("[2024-01-01, 2024-01-01]", "initial.time", "\"2024-01-01\" as entry 2", "later than the one before")]
    [InlineData("[2024-01-02, \"2024-01-01T23:00\"]", "initial.time", "\"2024-01-01T23:00\" as entry 2", "later than the one before")]
    [InlineData("[2024-01-01, 3]", "initial.time", "3 as entry 2", "a time such as")]
    [InlineData("[2024-01-01, 2024-13-01]", "initial.time", "\"2024-13-01\" as entry 2", "a time such as")]
    [InlineData("[2024-01-01, null]", "initial.time", "null as entry 2", "a time such as")]
    [InlineData("{ from = 2024-01-01, to = 2024-01-02 }", "initial.time.every", "nothing", "such as 1d")]
    [InlineData("{ from = 2024-01-01, to = 2024-01-02, every = 0d }", "initial.time.every", "0d", "such as 1d")]
    [InlineData("{ from = 2024-01-02, to = 2024-01-01, every = 1d }", "initial.time.to", "2024-01-01", "not before from = 2024-01-02")]
    [InlineData("{ from = 2024-02-30, to = 2024-03-01, every = 1d }", "initial.time.from", "2024-02-30", "a time such as")]
    [InlineData("{ from = 2024-01-01, to = 2024-01-02, every = 1d, count = 3 }", "initial.time.count", "unknown", "from, to and every")]
    [InlineData("{ from = 1900-01-01, to = 2024-01-01, every = 1s }", "initial.time", "10001 times", "1 to 10000 initial times")]
    public void Times_that_are_none_are_told_with_their_place(string given, string key, string found, string expected)
    {
        var mistake = _folder.Mistake(SpecFolder.Whole + "initial.time = " + given, key, expected);

        Assert.Contains(found, mistake.Found, StringComparison.Ordinal);
        Assert.True(found == "nothing" || mistake.Line == 7, $"{mistake}");
    }

    [Fact]
    public void Members_of_all_times_together_are_limited_by_what_folders_of_batches_can_number()
        => _folder.Mistake(
            SpecFolder.Whole + "initial.time = { from = 2000-01-01, to = 2001-01-01, every = 1d }\nensemble.size = 3000", "initial.time",
            "at most 1000000 members of all times together");

    [Fact]
    public void A_model_that_begins_at_one_time_takes_no_list()
    {
        var mistakes = _folder.Mistakes(
            SpecFolder.Whole.Replace("kind = persistence", "kind = mesh, path = in.nc, modules = [simple_snow]", StringComparison.Ordinal)
            + "initial { source = model, time = [2024-01-01, 2024-01-02] }");

        Assert.Contains(mistakes, m => m.Key == "initial.time"
            && m.Expected.Contains("a model of kind mesh supports one initial time", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_time_after_the_first_is_compared_by_itself()
    {
        var one = _folder.Read(SpecFolder.Whole + "initial.time = 2024-01-01").ToNumerics();
        var two = _folder.Read(SpecFolder.Whole + "initial.time = [2024-01-01, 2024-01-02]").ToNumerics();

        Assert.Equal([new SpecEntry("initial.time[1]", "2024-01-02")], two.Except(one));
        Assert.Empty(one.Except(two));
    }

    private static string Yaml(string time) => $$"""
        name: trial
        model: {kind: persistence, step: 1h}
        initial:
          source: netcdf
          path: in.nc
          variables: {u: u10m}
          time: {{time}}
        lead-times: {every: 6h, count: 4}
        checkpoint.path: out/checkpoints
        output.path: out/fields.zarr
        """;
}
