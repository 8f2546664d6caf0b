namespace Cairn.Engine.Models.Lorenz96;

/// <summary>An arc of the circle. Each of a step's four stages exchanges the arc's ends with both neighbours.</summary>
internal sealed class Lorenz96Rank<T> : IRankModel where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Lorenz96Step<T> _step;
    private readonly ArcHalos<T> _halos;
    private readonly int _size;
    private T[] _scratch = [];

    public Lorenz96Rank(Lorenz96Options options, ModelDescription whole, ICommunicator ranks)
    {
        Description = whole;
        StateSlice = DomainSlice.Part([options.Size], axis: 0, ranks.Rank, ranks.Size);
        FieldSlice = DomainSlice.Part([1, options.Size], axis: 1, ranks.Rank, ranks.Size);
        _size = (int)StateSlice.Shape[0];
        _step = new Lorenz96Step<T>(_size, options.Forcing, options.Step / Lorenz96Options.TimeUnit);
        _halos = new ArcHalos<T>(ranks, _size);
    }

    public ModelDescription Description { get; }
    public DomainSlice StateSlice { get; }
    public DomainSlice FieldSlice { get; }

    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        using var arc = fields.narrow(3, FieldSlice.Offset[1], _size);
        using var placed = arc.to(Description.DType, CPU);
        using var own = placed.Copied();
        return own.reshape(fields.shape[0], _size);
    }

    public unsafe Tensor Step(Tensor state)
    {
        RequireState(state);
        var (members, each) = ((int)state.shape[0], Lorenz96Step<T>.Scratch(_size));
        if (_scratch.Length < members * each)
            _scratch = new T[members * each];
        var next = Tensors.Unwritten<T>([members, _size], out var after);
        fixed (T* from = state.Elements<T>(), to = after, own = _scratch)
        {
            Advance(from, to, own, each, members);
        }
        GC.KeepAlive(state);
        return next;
    }

    public Tensor Fields(Tensor state)
    {
        RequireState(state);
        return state.reshape(state.shape[0], 1, 1, _size);
    }

    public void Dispose() { }

    /// <summary>All members go through each stage together, so that their ends travel together.</summary>
    private unsafe void Advance(T* from, T* to, T* scratch, int each, int members)
    {
        for (var member = 0; member < members; member++)
            _step.Begin(from + ((long)member * _size), scratch + ((long)member * each));
        for (var stage = 0; stage < Lorenz96Step<T>.Stages; stage++)
        {
            _halos.Exchange(_step.Argument(stage, scratch), each, members);
            for (var member = 0; member < members; member++)
            {
                var at = (long)member * _size;
                _step.Evaluate(stage, from + at, to + at, scratch + ((long)member * each));
            }
        }
    }

    private void RequireState(Tensor state)
    {
        if (state.shape.Length != 2 || state.shape[1] != _size || state.dtype != Description.DType)
            throw new StepException($"A rank of the lorenz96 model with the part {StateSlice} was given {state.Layout()}; expected a state "
                + $"{Description.DType.Name()}[batch, {_size}]. Give it a state of its own.");
    }
}

/// <summary>Exchanges what lies beyond the ends of a rank's arc: two variables before it and one after it, of all members at once. Its
/// buffers are made once for a number of members.</summary>
internal sealed unsafe class ArcHalos<T>(ICommunicator ranks, int size) where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Below = Lorenz96Step<T>.Below, Above = Lorenz96Step<T>.Above;
    private T[] _toPrevious = [], _toNext = [], _fromPrevious = [], _fromNext = [];

    /// <summary>Sets the elements around each member's arc.</summary>
    public void Exchange(T* first, int stride, int members)
    {
        Reserve(members);
        for (var member = 0; member < members; member++)
        {
            var arc = first + ((long)member * stride);
            new Span<T>(arc, Above).CopyTo(_toPrevious.AsSpan(member * Above));
            new Span<T>(arc + size - Below, Below).CopyTo(_toNext.AsSpan(member * Below));
        }
        ranks.Exchange(
            Bytes(_toPrevious, members * Above), Bytes(_fromPrevious, members * Below),
            Bytes(_toNext, members * Below), Bytes(_fromNext, members * Above));
        for (var member = 0; member < members; member++)
        {
            var arc = first + ((long)member * stride);
            _fromPrevious.AsSpan(member * Below, Below).CopyTo(new Span<T>(arc - Below, Below));
            _fromNext.AsSpan(member * Above, Above).CopyTo(new Span<T>(arc + size, Above));
        }
    }

    private void Reserve(int members)
    {
        if (_toNext.Length < members * Below)
        {
            (_toPrevious, _fromNext) = (new T[members * Above], new T[members * Above]);
            (_toNext, _fromPrevious) = (new T[members * Below], new T[members * Below]);
        }
    }

    private static Span<byte> Bytes(T[] values, int length) => MemoryMarshal.AsBytes(values.AsSpan(0, length));
}
