using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using static TorchSharp.torch;

namespace Cairn.Engine.Tests.Extensions;

/// <summary>A model of an extension is tried before a run: mistakes that would show late, or only as other bytes, are refused.</summary>
public sealed class ModelTrialTests
{
    private static readonly LatLonGrid Grid = new([30, 0, -30], [0, 90, 180, 270]);

    private static readonly InitialCondition Initial = new(
        ["h"], Grid, [.. Enumerable.Range(0, 12).Select(i => i / 7.0)], InitialTime.Usual.ToTime(),
        new Dictionary<string, string?> { ["h"] = null });

    [Fact]
    public void A_model_that_does_what_it_should_passes() => Try(new Model());

    public static TheoryData<string, string> Mistakes => new()
    {
        { "argument", "Step of the odd model returned its argument; expected a new tensor" },
        { "in place", "Step of the odd model changed its argument; expected a new tensor" },
        { "counter", "Step of the odd model gave two results for one argument" },
        { "random", "Step of the odd model gave two results for one argument" },
        { "dtype", "Step of the odd model returned float32[2, 1, 3, 4] on cpu; expected float64 of shape [2, 1, 3, 4]" },
        { "shape", "Step of the odd model returned float64[2, 1, 3, 3] on cpu" },
        { "batch", "Step of the odd model gave other bits for a member alone than beside another one" },
        { "throws", "Step of the odd model failed when it was tried on the initial condition: no rain" },
        { "no batch", "Initialize of the odd model returned float64[1, 3, 4] on cpu; expected float64 of shape [2, …]" },
        { "outputs", "Fields of the odd model returned float64[2, 2, 3, 4] on cpu; expected float64 of shape [2, 1, 3, 4]" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_method(string mistake, string said) =>
        Assert.Contains(said, Assert.Throws<SpecException>(() => Try(new Model(mistake))).Message, StringComparison.Ordinal);

    private static void Try(Model model) => ModelTrial.Require(new Kind(), model, Initial);

    private sealed class Kind() : ModelKind("odd", "a model of these tests")
    {
        public override object? Read(SettingReader reader, InitialSpec initial) => null;

        public override IReadOnlyList<string>? Outputs(ModelSpec model, InitialSpec initial) => null;

        public override IPrognosticModel Create(ModelRequest request) => throw new NotSupportedException();
    }

    private sealed class Model(string mistake = "") : IPrognosticModel
    {
        private int _steps;

        public ModelDescription Description { get; } = new(
            "odd", ["h"], ["h"], Grid, Grid, TimeSpan.FromHours(1), ScalarType.Float64, CPU, DependsOnBatch: false,
            new Dictionary<string, FieldBounds>(), []);

        public Tensor Initialize(Tensor fields) => mistake == "no batch" ? fields.select(0, 0).clone() : fields.clone();

        public Tensor Step(Tensor state) => mistake switch
        {
            "argument" => state,
            "in place" => state.add_(1).clone(),
            "counter" => state + ++_steps,
            "random" => state + rand(1, ScalarType.Float64),
            "dtype" => state.to(ScalarType.Float32),
            "shape" => state.narrow(3, 0, 3).clone(),
            "batch" => state - state.mean(),
            "throws" => throw new InvalidOperationException("no rain"),
            _ => state * 0.5,
        };

        public Tensor Fields(Tensor state) => mistake == "outputs" ? cat([state, state], 1) : state.clone();

        public void Dispose()
        {
        }
    }
}
