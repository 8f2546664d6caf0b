namespace Cairn.Engine.Tests.Rollouts;

/// <summary>A model small enough for thousands of steps, whose state never repeats: <c>x * 1.01 + 0.5</c>. Tests may put a fault into any
/// step, counted over all batches.</summary>
internal sealed class StandInModel(bool dependsOnBatch = false, IReadOnlyDictionary<string, FieldBounds>? bounds = null) : IPrognosticModel
{
    private static readonly Tensor Ones = Tensors.From([1f], 1).DetachFromDisposeScope();
    private int _steps;

    public ModelDescription Description { get; } = new ModelDescription(
    "stand-in", Trial.Variables, Trial.Variables, Trial.Grid, Trial.Grid, TimeSpan.FromHours(3), ScalarType.Float32, CPU,
    dependsOnBatch, bounds ?? new Dictionary<string, FieldBounds>(), ["x * 1.01 + 0.5"]);

    /// <summary>Given the number of the step, from 1, and its result: what the step returns instead. May throw.</summary>
    public Func<int, Tensor, Tensor> Fault { get; init; } = (_, next) => next;

    public bool Disposed { get; private set; }
    public Tensor Initialize(Tensor fields) => fields.to(ScalarType.Float32);

    public Tensor Step(Tensor state)
    {
        using var scaled = state.Times(1.01);
        return Fault(Interlocked.Increment(ref _steps), scaled.Plus(Ones, 0.5));
    }

    public Tensor Fields(Tensor state) => state.to(state.device);
    public void Dispose() => Disposed = true;

    /// <summary>The same state with one value of one row of the batch replaced.</summary>
    public static Tensor Poison(Tensor state, int row, float value)
    {
        var values = state.ToArray<float>();
        values[row * values.Length / (int)state.shape[0]] = value;
        return Tensors.From(values, [.. state.shape]);
    }
}
