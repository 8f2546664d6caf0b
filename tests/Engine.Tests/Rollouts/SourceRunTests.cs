using Cairn.Storage.Arrays;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>A small run from each source of initial conditions, from the spec's text to its field store.</summary>
public sealed class SourceRunTests : IDisposable
{
    private const string Grid = "grid { latitude = [90, -90, 19], longitude = [0, 350, 36] }";
    private const string Barotropic = "model { kind = barotropic, step = 1h, truncation = 10 }\n";
    private const string Persistence = "model { kind = persistence, step = 1h }\n";
    private const string Wave = "initial { source = analytic, case = rossby-haurwitz, time = \"2001-02-28\", " + Grid + " }\n";

    private static readonly string Root = typeof(SourceRunTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_run_begins_with_arrays_of_numpy()
    {
        Save("u.npy", NdArray.From([.. Enumerable.Range(0, 19 * 36).Select(i => (float)Math.Sin(i))], 19, 36));
        Save("v.npy", NdArray.From(new short[19 * 36], 19, 36));

        var spec = Run("run", Barotropic + "initial { source = npy, " + Grid + ", variables { u = u.npy, v = v.npy } }\n");

        var digest = Assert.Single(Record(spec).Numerics, e => e.Key == "initial.variables.u").Value;
        Assert.StartsWith("sha256:", digest, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_begins_with_a_flow_known_by_its_formula() => Run("run", Barotropic + Wave);

    [Fact]
    public void A_run_begins_with_noise() => Run("run", Barotropic + "initial { source = random, " + Grid
        + ", variables { u { mean = 5, amplitude = 3, length-scale-km = 2000 }, v { length-scale-km = 2000 } } }\n");

    [Theory]
    [InlineData("bilinear")]
    [InlineData("nearest")]
    [InlineData("conservative")]
    public void A_run_begins_with_a_file_brought_to_another_grid(string method)
    {
        var spec = Run("run", Barotropic + $"initial {{ source = netcdf, path = \"{Root}/data/navy-winds-1982-1992.nc\", "
            + "time = \"1990-01-16\", variables { u = u10m, v = v10m }, "
            + $"regrid {{ latitude = [-90, 90, 31], longitude = [-180, 174, 60], method = {method} }} }}\n");

        Assert.Equal((31, 60), Shape(InitialSources.Read(spec)));
    }

    [Fact]
    public void A_run_begins_where_another_run_was_at_any_of_its_lead_times()
    {
        var old = Run("old", Persistence + Wave, "ensemble.size=2", "ensemble.perturbation={ kind = gaussian, amplitude = 1 }");
        var store = $"initial {{ source = zarr, path = \"{old.Output.Path}\", variables {{ u = v, v = u }} }}\n";
        var last = InitialSources.Read(Spec("last", Persistence + store));
        var first = InitialSources.Read(Spec("first", Persistence + store, "initial.lead-time=1h", "initial.member=1"));

        Assert.Equal("2001-03-01T00:00:00", last.Time.ToString());
        Assert.Equal("2001-02-28T01:00:00", first.Time.ToString());
        Assert.NotEqual(last.Fields, first.Fields);
        var spec = Run("new", Barotropic + store);
        var values = Assert.Single(Record(spec).Numerics, e => e.Key == "initial.values").Value;
        Assert.StartsWith("2001-03-01T00:00:00 sha256:", values, StringComparison.Ordinal);
        // The same model at rest carries the fields on, so that they come back as they were written.
        Assert.Equal(last.Fields.Select(v => (float)v), InitialSources.Read(Spec("on", Persistence
            + $"initial {{ source = zarr, path = \"{Run("rest", Persistence + store).Output.Path}\", lead-time = 3h, "
            + "variables { u = u, v = v } }\n")).Fields.Select(v => (float)v));
    }

    [Fact]
    public void A_run_that_is_not_at_its_end_gives_what_is_committed_and_no_more()
    {
        using var stop = new CancellationTokenSource();
        var old = Spec("old", Persistence + Wave);
        var atTwelve = new Recorder(e =>
        {
            if (e is BoundaryReached { Boundary: 12 })
                stop.Cancel();
        });
        using (var host = PreparedRun.Create(old, new RunOptions { Files = _trial.Files }, atTwelve))
        {
            Assert.Equal(RunOutcome.Stopped, host.Run(stop.Token).Outcome);
        }
        var store = $"initial {{ source = zarr, path = \"{old.Output.Path}\", variables {{ u = u, v = v }} }}\n";
        var hours = InitialSources.Read(Spec("new", Persistence + store)).Time.TimeOfDay.TotalHours;
        var next = $"initial.lead-time={hours + 1}h";
        var error = Assert.Throws<DataException>(() => InitialSources.Read(Spec("new", Persistence + store, next)));

        Assert.InRange(hours, 12, 23);
        Assert.Contains($"is not committed; expected one up to {hours} h", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_begins_at_several_of_the_times_that_another_runs_fields_are_valid_at()
    {
        var old = Run("old", Barotropic + Wave, "output.variables=[u, v]");
        var store = $"initial {{ source = zarr, path = \"{old.Output.Path}\", variables {{ u = u, v = v }} }}\n";
        const string times = "initial.time=[\"2001-02-28T01:00\", \"2001-02-28T03:00\"]";
        var spec = Run("new", Persistence + store, times);

        var third = InitialSources.Read(Spec("third", Persistence + store, "initial.lead-time=3h"));
        Assert.Equal(third.Fields, InitialSources.Read(spec.At(1)).Fields);
        Assert.Equal(
            ["initial.values", "initial.time[1].values"],
            Record(spec).Numerics.Select(e => e.Key).Where(key => key.EndsWith("values", StringComparison.Ordinal)));
        var late = times.Replace("03:00", "03:30", StringComparison.Ordinal);
        var error = Assert.Throws<DataException>(() => Run("late", Persistence + store, late));
        Assert.Contains("holds no fields of member 0 at 2001-02-28T03:30:00", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "holds 2 initial times", Assert.Throws<SpecException>(() => InitialSources.Read(Spec(
                "next", Persistence + store.Replace("/old/", "/new/", StringComparison.Ordinal)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lagged_ensemble_takes_other_lead_times_of_the_store()
    {
        var old = Run("old", Barotropic + Wave, "output.variables=[u, v]");
        var spec = Run("new", Barotropic + $"initial {{ source = zarr, path = \"{old.Output.Path}\", variables {{ u = u, v = v }} }}\n",
            "ensemble.size=3", "ensemble.perturbation={ kind = lagged-ensemble, lags = [0h, -1h, -23h] }");

        Assert.Equal(["initial.values[-23h]", "initial.values[-1h]", "initial.values"],
            Record(spec).Numerics.Select(e => e.Key).Where(key => key.StartsWith("initial.values", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("initial.lead-time=25h", "up to 24 h")]
    [InlineData("initial.lead-time=90m", "25 lead times from 0 h to 24 h")]
    [InlineData("initial.member=1", "it has 1, numbered from 0")]
    [InlineData("initial.variables.u=w", "it has u, v")]
    [InlineData("ensemble.perturbation={ kind = lagged-ensemble, lags = [1h] }", "from 2001-02-28T00:00:00 to 2001-03-01T00:00:00")]
    public void What_another_run_does_not_hold_is_refused_before_anything_is_written(string setting, string told)
    {
        var old = Run("old", Persistence + Wave);
        var store = $"initial {{ source = zarr, path = \"{old.Output.Path}\", variables {{ u = u, v = v }} }}\n";
        var spec = Spec("new", Persistence + store, setting);

        var error = Assert.Throws<DataException>(() => PreparedRun.Create(spec, new RunOptions(), new RunObservers()));

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(spec.Checkpoint.Path));
    }

    [Fact]
    public void A_run_from_a_store_whose_values_have_changed_is_not_resumed()
    {
        var old = Run("old", Persistence + Wave);
        var store = $"initial {{ source = zarr, path = \"{old.Output.Path}\", lead-time = 1h, variables {{ u = u, v = v }} }}\n";
        Run("new", Persistence + store);
        Run("new", Persistence + store, "lead-times.count=25");
        Directory.Delete(old.Output.Path!, recursive: true);
        Directory.Delete(old.Checkpoint.Path, recursive: true);
        Run("old", Persistence + Wave.Replace("rossby-haurwitz", "solid-body", StringComparison.Ordinal));

        var error = Assert.Throws<SpecException>(() => Run("new", Persistence + store, "lead-times.count=25"));
        Assert.Contains("initial.values: was 2001-02-28T01:00:00 sha256:", error.Message, StringComparison.Ordinal);
    }

    private static (int Rows, int Columns) Shape(InitialCondition initial) =>
        (initial.Grid.Latitudes.Count, initial.Grid.Longitudes.Count);

    private static RunRecord Record(RunSpec spec) => RunRecord.Read(Path.Combine(spec.Checkpoint.Path, RunRecord.FileName));

    private void Save(string name, NdArray array)
    {
        using var file = File.Create(Path.Combine(_trial.Folder, name));
        Npy.Write(array, bytes => file.Write(bytes));
    }

    private RunSpec Spec(string name, string text, params string[] settings)
    {
        var path = Path.Combine(_trial.Folder, name + ".conf");
        File.WriteAllText(path, "name = trial\n" + text + "lead-times { every = 1h, count = 24 }\ncheckpoint.flush-interval = 4\n"
            + $"checkpoint.path = {name}/checkpoints\noutput.path = {name}/fields.zarr\n");
        return RunSpecReader.Read(path, settings, _trial.Folder);
    }

    private RunSpec Run(string name, string text, params string[] settings)
    {
        var spec = Spec(name, text, settings);
        using var host = PreparedRun.Create(spec, new RunOptions { Files = _trial.Files }, new RunObservers());
        var result = host.Run(CancellationToken.None);
        Assert.True(result.Outcome == RunOutcome.Completed, string.Join('\n', result.Failures.Select(f => f.Error.ToString())));
        return spec;
    }
}
