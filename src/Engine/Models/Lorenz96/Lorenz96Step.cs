namespace Cairn.Engine.Models.Lorenz96;

/// <summary>One Runge-Kutta step of one member: dx(i)/dt = (x(i+1) - x(i-2)) x(i-1) - x(i) + F, with indices around a circle.</summary>
/// <remarks>Vectors run over the variables of one member, and what is left over is worked out in the same order of operations, none of them
/// fused: a member's bits depend neither on its batch nor on the width of the machine's vectors. Allocates nothing.</remarks>
internal readonly unsafe struct Lorenz96Step<T>(int size, double forcing, double step)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The two neighbours below the first variable, and the one above the last.</summary>
    public const int Below = 2, Above = 1;

    public const int Stages = 4;

    private readonly T _forcing = T.CreateChecked(forcing);
    private readonly T _half = T.CreateChecked(step / 2);
    private readonly T _whole = T.CreateChecked(step);
    private readonly T _sixth = T.CreateChecked(step / 6);

    /// <summary>Elements that <see cref="Advance"/> needs for itself.</summary>
    public static int Scratch(int size) => 2 * (Below + size + Above) + size;

    /// <summary>Steps a member from <paramref name="x"/> to <paramref name="next"/>, which do not overlap.</summary>
    public void Advance(T* x, T* next, T* scratch)
    {
        Begin(x, scratch);
        for (var stage = 0; stage < Stages; stage++)
        {
            Close(Argument(stage, scratch));
            Evaluate(stage, x, next, scratch);
        }
    }

    /// <summary>Makes the first stage's argument.</summary>
    public void Begin(T* x, T* scratch) => new ReadOnlySpan<T>(x, size).CopyTo(new Span<T>(Argument(0, scratch), size));

    /// <summary>What a stage works out its tendency at; the two elements before it and the one after it are to be set before
    /// <see cref="Evaluate"/>.</summary>
    public T* Argument(int stage, T* scratch) => scratch + Below + (stage % 2 == 0 ? 0 : size + Above + Below);

    /// <summary>Works out a stage: the next one's argument, or from the last the result.</summary>
    public void Evaluate(int stage, T* x, T* next, T* scratch)
    {
        T* y = Argument(stage, scratch), following = Argument(stage + 1, scratch), sum = scratch + (2 * (Below + size + Above));
        switch (stage)
        {
            case 0:
                Stage(x, y, following, sum, _half, T.One, T.Zero);
                break;
            case 1:
                Stage(x, y, following, sum, _half, T.One + T.One, T.One);
                break;
            case 2:
                Stage(x, y, following, sum, _whole, T.One + T.One, T.One);
                break;
            default:
                Last(x, y, sum, next);
                break;
        }
    }

    /// <summary>Repeats the circle's ends beyond them.</summary>
    private void Close(T* y)
    {
        y[-2] = y[size - 2];
        y[-1] = y[size - 1];
        y[size] = y[0];
    }

    /// <summary>sum = keep * sum + weight * k and y' = x + length * k, where k is the tendency at y.</summary>
    private void Stage(T* x, T* y, T* following, T* sum, T length, T weight, T keep)
    {
        var i = 0;
        var (f, l, w, s) = (new Vector<T>(_forcing), new Vector<T>(length), new Vector<T>(weight), new Vector<T>(keep));
        for (; i <= size - Vector<T>.Count; i += Vector<T>.Count)
        {
            var k = Tendency(y + i, f);
            // The first stage has no sum yet: whatever lies there must not enter, not even times zero.
            (keep == T.Zero ? w * k : (s * Vector.Load(sum + i)) + (w * k)).Store(sum + i);
            (Vector.Load(x + i) + (l * k)).Store(following + i);
        }
        for (; i < size; i++)
        {
            var k = Tendency(y + i);
            sum[i] = keep == T.Zero ? weight * k : (keep * sum[i]) + (weight * k);
            following[i] = x[i] + (length * k);
        }
    }

    private void Last(T* x, T* y, T* sum, T* next)
    {
        var i = 0;
        var (f, sixth) = (new Vector<T>(_forcing), new Vector<T>(_sixth));
        for (; i <= size - Vector<T>.Count; i += Vector<T>.Count)
            (Vector.Load(x + i) + (sixth * (Vector.Load(sum + i) + Tendency(y + i, f)))).Store(next + i);
        for (; i < size; i++)
            next[i] = x[i] + (_sixth * (sum[i] + Tendency(y + i)));
    }

    private static Vector<T> Tendency(T* y, Vector<T> forcing) =>
        ((Vector.Load(y + 1) - Vector.Load(y - 2)) * Vector.Load(y - 1)) - Vector.Load(y) + forcing;

    private T Tendency(T* y) => ((y[1] - y[-2]) * y[-1]) - y[0] + _forcing;
}
