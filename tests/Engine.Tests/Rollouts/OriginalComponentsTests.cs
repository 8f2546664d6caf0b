using Cairn.Engine.Earth2Studio;
using Cairn.Storage.Arrays;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>States of Earth2Studio's own components in the library workflows, and what is told when a row can't be gone on from.</summary>
public sealed class OriginalComponentsTests : IDisposable
{
    // Both as Earth2Studio's own code computes them.
    private const string PersistenceHash = "4489b8545056faf45c8a50cd3c7013927e78b1f1ca8d85fc805489095d8f5414";
    private const string GaussianHash = "a96f1cc348753dfc44b6c6b06bddfc41a16eb09f4a450ab074605f4bfb947f0c";

    private readonly LibraryTrial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_persistence_forecast_keeps_the_originals_state_and_goes_on_from_it_alone()
    {
        var recorder = new Recorder();
        Assert.True(Persist("calm", recorder));
        var row = Catalog("calm").Rows[3];
        Assert.Contains(PersistenceHash, File.ReadAllText(Path.Combine(row.Directory, "manifest.json")), StringComparison.Ordinal);
        using (var reading = Catalog("calm").Select(3))
        {
            var kept = reading.Bind(new OriginalPersistenceState()).Value;
            using var original = Catalog("begun").Open();
            var state = original.Bind(new OriginalPersistenceState()).Value;
            (state.X, state.CoordKeys, state.CoordValues) = (kept.X, kept.CoordKeys, kept.CoordValues);
            Assert.Equal([1, 1, 2, 3, 4], kept.X!.shape);
            Assert.Equal(["u", "v"], NdText.ToStrings((NdArray)kept.CoordValues.Items[2]!));
            original.WriteCount = 3;
            original.Write(TimeSpan.FromHours(18));
        }
        recorder = new Recorder();
        Assert.True(Persist("begun", recorder));
        Assert.Empty(recorder.Warnings);
        Assert.Equal([4, 5], recorder.Of<BoundaryReached>().Select(e => e.Boundary));
        Assert.Equal(_trial.Store("calm", 1).ReadChunk(0, 4, "v"), _trial.Store("begun", 1).ReadChunk(0, 4, "v"));
    }

    /// <summary><c>earth2studio-persistence</c> holds the fourth row, lead time 18 h, that Earth2Studio's own code wrote of its persistence
    /// model, begun from 0, 1, … with <c>Gaussian(0.5, seed=7)</c>; the numbers here are those that it went on with.</summary>
    [Fact]
    public void A_forecast_that_Earth2Studio_began_goes_on_with_its_numbers()
    {
        foreach (var file in Directory.GetFiles(Fixture, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_trial.Path("theirs"), Path.GetRelativePath(Fixture, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        using var noise = new OriginalGaussianPerturbation(0.5, seed: 1);
        using (var session = Catalog("theirs").Open())
        {
            noise.Bind(session);
            using var fields = zeros(2, 2, 3, 4, dtype: ScalarType.Float32);
            Assert.Equal(
                [-0.06771844625473022f, 0.3735591173171997f, 0.30590787529945374f, 0.933891773223877f], Draw(noise, fields)[..4]);
        }
        var recorder = new Recorder();
        Assert.True(Persist("theirs", recorder));
        Assert.Empty(recorder.Warnings);
        Assert.Equal([4, 5], recorder.Of<BoundaryReached>().Select(e => e.Boundary));
        var chunk = _trial.Store("theirs", 1).ReadChunk(0, 4, "u")!;
        var other = _trial.Store("theirs", 1).ReadChunk(0, 4, "v")!;
        Assert.Equal(273.662841796875, chunk[..12].Sum() + other[..12].Sum(), 1e-3);
        Assert.Contains(OriginalPersistenceState.Id, Catalog("theirs").Rows[^1].StateIds);
    }

    /// <summary>The hash of the state's schema is the one that Earth2Studio's own code computes of it.</summary>
    [Fact]
    public void What_FourCastNet_saved_goes_on_in_a_TorchScript_model_of_the_same_variables_and_is_kept_for_it()
    {
        Assert.True(Persist("calm", new Recorder()));
        using (var reading = Catalog("calm").Select(3))
        {
            var kept = reading.Bind(new OriginalPersistenceState()).Value;
            using var original = Catalog("begun").Open();
            var state = original.Bind(new OriginalFcnState()).Value;
            (state.X, state.CoordKeys, state.CoordValues) = (kept.X, kept.CoordKeys, kept.CoordValues);
            original.WriteCount = 3;
            original.Write(TimeSpan.FromHours(18));
            var manifest = File.ReadAllText(Path.Combine(original.Row!.Directory, "manifest.json"));
            Assert.Contains(PersistenceHash, manifest, StringComparison.Ordinal);
        }
        var script = _trial.Path("identity.ts");
        File.WriteAllText(script, "def step(x: Tensor) -> Tensor:\n    return x * 1");
        using var model = ScriptModel.Open(new ScriptModelOptions
        {
            Path = script, Step = TimeSpan.FromHours(3), InputVariables = Trial.Variables, OutputVariables = Trial.Variables,
            InputGrid = Trial.Grid,
        });
        var recorder = new Recorder();
        var workflow = new Deterministic(model, Trial.Initial, _trial.Store("begun", 1), LibraryTrial.Schedule) { Observer = recorder };

        Assert.True(workflow.Run(Catalog("begun")));
        Assert.Empty(recorder.Warnings);
        Assert.Equal([4, 5], recorder.Of<BoundaryReached>().Select(e => e.Boundary));
        Assert.Equal(_trial.Store("calm", 1).ReadChunk(0, 4, "v"), _trial.Store("begun", 1).ReadChunk(0, 4, "v"));
        Assert.Contains(OriginalFcnState.Id, Catalog("begun").Rows[^1].StateIds);
    }

    /// <summary>Earth2Studio keeps nothing of the fields that a chunk still waits for.</summary>
    [Fact]
    public void A_row_of_the_originals_in_the_middle_of_a_chunk_is_refused_by_its_lead_time_and_nothing_is_written()
    {
        Assert.True(Persist("calm", new Recorder()));
        using (var reading = Catalog("calm").Select(2))
        {
            var kept = reading.Bind(new OriginalPersistenceState()).Value;
            using var original = Catalog("begun").Open();
            var state = original.Bind(new OriginalPersistenceState()).Value;
            (state.X, state.CoordKeys, state.CoordValues) = (kept.X, kept.CoordKeys, kept.CoordValues);
            original.WriteCount = 2;
            original.Write(TimeSpan.FromHours(12));
        }
        var refused = Assert.Throws<SpecException>(() => Persist("begun", new Recorder()));

        Assert.Contains(
            "is at lead time 12 h, where the incomplete chunk already has 1 of 2 lead times", refused.Message,
            StringComparison.Ordinal);
        Assert.Single(Catalog("begun").Rows);
        Assert.All(Enumerable.Range(0, 3), chunk => Assert.False(_trial.Store("begun", 1).HasChunk(0, 2 * chunk, "u")));
    }

    [Fact]
    public void What_cannot_be_gone_on_from_is_told_with_the_states_that_are_there()
    {
        using (var session = Catalog("run").Open())
        {
            session.Bind(new OriginalGaussianState());
            session.Write(TimeSpan.FromHours(18));
            Assert.Contains(
                GaussianHash, File.ReadAllText(Path.Combine(session.Row!.Directory, "manifest.json")), StringComparison.Ordinal);
        }
        var recorder = new Recorder();
        Assert.True(Persist("run", recorder));
        Assert.Contains(OriginalGaussianState.Id, Assert.Single(recorder.Warnings), StringComparison.Ordinal);
        Assert.Equal(6, recorder.Of<BoundaryReached>().Count());
    }

    [Fact]
    public void A_selected_row_is_gone_on_from_and_the_observer_hears_what_the_checkpoint_warns_of()
    {
        Assert.True(Persist("run", new Recorder()));
        File.Delete(Path.Combine(Catalog("run").Rows[3].Directory, "manifest.json"));
        var recorder = new Recorder();
        using var model = Model();
        var workflow = new Deterministic(model, Trial.Initial, _trial.Store("run", 1), LibraryTrial.Schedule) { Observer = recorder };

        Assert.True(workflow.Run(Catalog("run").Select(2)));
        Assert.Equal([3, 4, 5], recorder.Of<BoundaryReached>().Select(e => e.Boundary));
        Assert.NotEmpty(recorder.Warnings);
    }

    [Fact]
    public void The_originals_gaussian_goes_on_where_its_generator_was()
    {
        using var fields = zeros(2, 2, 3, 4, dtype: ScalarType.Float32);
        using var undisturbed = new OriginalGaussianPerturbation(0.5, seed: 7);
        float[] first, second;
        using (var session = Catalog("noise").Open())
        {
            undisturbed.Bind(session);
            first = Draw(undisturbed, fields);
            session.Write();
            second = Draw(undisturbed, fields);
        }
        using var resumed = new OriginalGaussianPerturbation(0.5, seed: 1);
        using var again = Catalog("noise").Open();
        resumed.Bind(again);
        Assert.Equal(second, Draw(resumed, fields));
        Assert.NotEqual(first, second);
    }

    private static string Fixture => Path.Combine(
        typeof(OriginalComponentsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!,
        "tests", "Engine.Tests", "Rollouts", "earth2studio-persistence");

    private static float[] Draw(OriginalGaussianPerturbation noise, Tensor fields)
    {
        using var drawn = noise.Apply(fields, [0, 1], level: 2);
        return drawn.ToArray<float>();
    }

    private bool Persist(string name, Recorder recorder)
    {
        using var model = Model();
        return new Deterministic(model, Trial.Initial, _trial.Store(name, 1), LibraryTrial.Schedule) { Observer = recorder }
            .Run(Catalog(name));
    }

    /// <summary>No tensor factory is given: there is one by default.</summary>
    private Checkpoint Catalog(string name) => new(name, new CheckpointOptions
    {
        Path = _trial.Path(name), Mode = CheckpointMode.Append, Rank = 0, WorldSize = 1, Durability = CheckpointDurability.None,
        Warn = static _ => { },
    });

    private static PersistenceModel Model() => new(Trial.Variables, Trial.Grid, TimeSpan.FromHours(3), ScalarType.Float32, CPU);
}
