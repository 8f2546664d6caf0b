namespace Cairn.Engine.Tests.Mesh.Modules;

/// <summary>Modules run after those that give what they read; what cannot be put in order is refused with the modules' names.</summary>
public sealed class ModuleOrderTests
{
    [Fact]
    public void Modules_run_after_those_that_provide_what_they_read()
    {
        var (snow, phase, air) = (
            new Named("snow") { Reads = ["rain", "t"], Gives = ["swe"] }, new Named("phase") { Reads = ["t"], Gives = ["rain"] },
            new Named("air") { Gives = ["t"] });

        Assert.Equal(["air", "phase", "snow"], ModuleOrder.Of([snow, phase, air]).Select(m => m.Name));
    }

    [Fact]
    public void Modules_that_may_run_at_any_time_run_as_they_were_named() =>
        Assert.Equal(["c", "a", "b"], ModuleOrder.Of([new Named("c"), new Named("a"), new Named("b")]).Select(m => m.Name));

    [Fact]
    public void Who_alters_a_variable_runs_after_its_provider_and_before_its_readers()
    {
        var (reader, slide, drift, snow) = (
            new Named("reader") { Reads = ["swe"] }, new Named("slide") { Reads = ["swe"], Changes = ["swe"] },
            new Named("drift") { Changes = ["swe"] }, new Named("snow") { Gives = ["swe"] });

        Assert.Equal(["snow", "slide", "drift", "reader"], ModuleOrder.Of([reader, slide, drift, snow]).Select(m => m.Name));
        Assert.Equal(["snow", "drift", "slide", "reader"], ModuleOrder.Of([reader, drift, slide, snow]).Select(m => m.Name));
    }

    [Fact]
    public void A_circle_is_refused_with_its_modules()
    {
        var error = Assert.Throws<SpecException>(() => ModuleOrder.Of(
        [
            new Named("apart") { Gives = ["x"] }, new Named("one") { Reads = ["b", "x"], Gives = ["a"] },
            new Named("two") { Reads = ["a"], Gives = ["b"] },
        ]));

        Assert.Contains("one needs two needs one", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("apart", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_nobody_provides_is_refused_with_the_module_that_needs_it()
    {
        IModule[] modules = [new Named("snow") { Reads = ["t", "rain"] }, new Named("air") { Gives = ["t"] }];

        var error = Assert.Throws<SpecException>(() => ModuleOrder.Of(modules));

        Assert.Contains("module snow needs rain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_two_provide_is_refused_with_both()
    {
        IModule[] modules = [new Named("here") { Gives = ["t"] }, new Named("there") { Gives = ["t"] }];

        var error = Assert.Throws<SpecException>(() => ModuleOrder.Of(modules));

        Assert.Contains("here and there both provide t", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_named_twice_and_no_module_at_all_are_refused()
    {
        Assert.Contains("same is named twice",
            Assert.Throws<SpecException>(() => ModuleOrder.Of([new Named("same"), new Named("same")])).Message, StringComparison.Ordinal);
        Assert.Throws<SpecException>(() => ModuleOrder.Of([]));
    }

    [Fact]
    public void A_state_variable_has_to_be_one_of_its_own()
    {
        var error = Assert.Throws<SpecException>(() => ModuleOrder.Of([new Named("snow") { Gives = ["swe"], Keeps = ["depth"] }]));

        Assert.Contains("snow keeps the state variable depth", error.Message, StringComparison.Ordinal);
    }

    private sealed class Named(string name) : MeshModule(name, ModuleParallelism.Data)
    {
        public string[] Reads { get; init; } = [];
        public string[] Gives { get; init; } = [];
        public string[] Changes { get; init; } = [];
        public string[] Keeps { get; init; } = [];
        public override IReadOnlyList<string> Depends => Reads;
        public override IReadOnlyList<string> Provides => Gives;
        public override IReadOnlyList<string> Alters => Changes;
        public override IReadOnlyList<string> State => Keeps;
        public override void Run(in MeshStep step) { }
        protected override void Begin(ModuleSetup setup) { }
    }
}
