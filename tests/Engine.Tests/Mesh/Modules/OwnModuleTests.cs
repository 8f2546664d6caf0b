namespace Cairn.Engine.Tests.Mesh.Modules;

/// <summary>The module that docs/mesh.md writes, beside those that are shipped.</summary>
public sealed class OwnModuleTests
{
    [Fact]
    public void A_module_of_one_s_own_runs_where_it_belongs_and_keeps_its_state()
    {
        var weather = Meshes.Steady(0, rh: 50);
        using var model = new MeshModel(new MeshOptions
        {
            Mesh = Meshes.Granger(),
            Forcing = weather,
            Modules = () =>
            [
                new Evaporation(),
                .. ProcessCatalog.Make(["relative-humidity", "air-temperature"], new ProcessSettings(0) { LapseRate = 0 }),
            ],
            InitialTime = weather.Start,
            Step = Meshes.Step,
        });
        Assert.Equal(["evaporation:evaporated"], model.Description.InputVariables);
        using var fields = Tensors.From(model.InitialFields, 1, 1, 1, 985);
        var state = model.Initialize(fields);
        for (var step = 0; step < 3; step++)
        {
            using var before = state;
            state = model.Step(before, step * Meshes.Step);
        }
        using (state)
        {
            var evaporated = state.ToArray<double>();
            // Humidity falls with the dew point upward, and with it goes more.
            Assert.All(evaporated, value => Assert.InRange(value, 3 * 1e-5 * 1800 * 0.5, 3 * 1e-5 * 1800));
        }
    }

    [Fact]
    public void A_variable_that_a_module_did_not_name_is_refused()
    {
        var error = Assert.Throws<SpecException>(
            () => Meshes.Chain(Meshes.Granger(), Meshes.Steady(0), new AirTemperature(0, null), new Nosy()));

        Assert.Contains(
            "nosy uses the variable t, which it neither provides, depends on nor alters", error.Message, StringComparison.Ordinal);
    }

    private sealed class Evaporation() : MeshModule("evaporation", ModuleParallelism.Data)
    {
        private int _rh, _evaporated;

        public override IReadOnlyList<string> Depends => ["rh"];
        public override IReadOnlyList<string> Provides => ["evaporated"];
        public override IReadOnlyList<string> State => ["evaporated"];

        public override void Run(in MeshStep step)
        {
            var rh = step.Of(_rh);
            var evaporated = step.Of(_evaporated);
            for (var i = 0; i < rh.Length; i++)
                evaporated[i] += 1e-5 * step.Seconds * (1 - (rh[i] / 100));
        }

        protected override void Begin(ModuleSetup setup) => (_rh, _evaporated) = (setup.Variable("rh"), setup.Variable("evaporated"));
    }

    private sealed class Nosy() : MeshModule("nosy", ModuleParallelism.Data)
    {
        public override void Run(in MeshStep step) { }
        protected override void Begin(ModuleSetup setup) => setup.Variable("t");
    }
}
