using Cairn.Engine.Models;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>
/// A model small enough for thousands of steps, whose state never repeats: <c>x * 1.01 + 0.5</c>. Tests may put a fault into any step,
/// counted over all batches.
/// </summary>
internal sealed class StandInModel : IPrognosticModel
{
    private static readonly Tensor Ones = Tensor.From([1f], 1);
    private int _steps;

    public StandInModel(bool dependsOnBatch = false, IReadOnlyDictionary<string, FieldBounds>? bounds = null) =>
        Description = new ModelDescription(
        "stand-in", Trial.Variables, Trial.Variables, Trial.Grid, Trial.Grid, TimeSpan.FromHours(3), TorchDType.Float32, TorchDevice.Cpu,
        dependsOnBatch, bounds ?? new Dictionary<string, FieldBounds>(), ["x * 1.01 + 0.5"]);

    public ModelDescription Description { get; }

    /// <summary>Given the number of the step, from 1, and its result: what the step returns instead. May throw.</summary>
    public Func<int, Tensor, Tensor> Fault { get; init; } = (_, next) => next;

    public bool Disposed { get; private set; }

    public Tensor Initialize(Tensor fields) => fields.To(TorchDType.Float32);

    public Tensor Step(Tensor state)
    {
        using var scaled = state.Multiply(1.01);
        return Fault(Interlocked.Increment(ref _steps), scaled.Add(Ones, 0.5));
    }

    public Tensor Fields(Tensor state) => state.To(state.Device);

    public void Dispose() => Disposed = true;

    /// <summary>The same state with one value of one row of the batch replaced.</summary>
    public static Tensor Poison(Tensor state, int row, float value)
    {
        var values = state.ToArray<float>();
        values[row * values.Length / (int)state.Shape[0]] = value;
        return Tensor.From(values, [.. state.Shape]);
    }
}
