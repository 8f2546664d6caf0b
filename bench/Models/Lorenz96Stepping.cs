using Cairn.Engine.Models.Lorenz96;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Bench.Models;

/// <summary>Lorenz 1996 by the model, and by the loop that anyone would write.</summary>
internal sealed class Lorenz96Stepping : IDisposable
{
    private const double Forcing = 8, Step = 0.05;
    private readonly Lorenz96Model _model;
    private readonly double[][] _plain;
    private readonly double[][] _work;
    private Tensor _state;

    public Lorenz96Stepping(int variables, int members)
    {
        _model = new Lorenz96Model(new Lorenz96Options { Size = variables, Forcing = Forcing });
        var random = new Random(1996);
        var start = Enumerable.Range(0, variables * members).Select(_ => (10 * random.NextDouble()) - 3).ToArray();
        _state = Tensors.From(start, members, variables);
        _plain = [.. start.Chunk(variables)];
        _work = [.. Enumerable.Range(0, 5).Select(_ => new double[variables])];
    }

    public double Milliseconds(int steps) => ModelSteps.Milliseconds(_model, ref _state, steps);

    public double PlainMilliseconds(int steps)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            foreach (var member in _plain)
                PlainStep(member);
        }

        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps;
    }

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }

    private void PlainStep(double[] x)
    {
        var (k1, k2, k3, k4, y) = (_work[0], _work[1], _work[2], _work[3], _work[4]);
        Tendency(x, k1);
        Shift(x, k1, Step / 2, y);
        Tendency(y, k2);
        Shift(x, k2, Step / 2, y);
        Tendency(y, k3);
        Shift(x, k3, Step, y);
        Tendency(y, k4);
        for (var i = 0; i < x.Length; i++)
            x[i] += Step / 6 * (k1[i] + (2 * k2[i]) + (2 * k3[i]) + k4[i]);
    }

    // Indices wrap by comparison, which is much faster than by remainder: the yardstick is to be a fair one.
    private static void Tendency(double[] x, double[] k)
    {
        var n = x.Length;
        for (var i = 0; i < n; i++)
        {
            var east = i == n - 1 ? 0 : i + 1;
            var west = i == 0 ? n - 1 : i - 1;
            var far = i < 2 ? i + n - 2 : i - 2;
            k[i] = ((x[east] - x[far]) * x[west]) - x[i] + Forcing;
        }
    }

    private static void Shift(double[] x, double[] k, double length, double[] y)
    {
        for (var i = 0; i < x.Length; i++)
            y[i] = x[i] + (length * k[i]);
    }
}
