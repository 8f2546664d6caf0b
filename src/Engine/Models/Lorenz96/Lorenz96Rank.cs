using System.Numerics;
using Cairn.Engine.Ranks;
using Cairn.Engine.Torch;
using Cairn.Storage.State;
using static TorchSharp.torch;

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

    /// <inheritdoc/>
    /// <exception cref="SpecException">The fields have another shape than the whole circle's.</exception>
    public Tensor Initialize(Tensor fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ModelShapes.RequireFields(Description, fields);
        using var arc = fields.narrow(3, FieldSlice.Offset[1], _size);
        using var placed = arc.to(Description.DType, CPU);
        using var own = placed.Copied();
        return own.reshape(fields.shape[0], _size);
    }

    /// <inheritdoc/>
    /// <exception cref="StepException">The state is not one of this rank's.</exception>
    public unsafe Tensor Step(Tensor state)
    {
        RequireState(state);
        var (members, each) = ((int)state.shape[0], Lorenz96Step<T>.Scratch(_size));
        if (_scratch.Length < members * each)
        {
            _scratch = new T[members * each];
        }

        var next = Tensors.Unwritten<T>([members, _size], out var after);
        fixed (T* from = state.Elements<T>(), to = after, own = _scratch)
        {
            Advance(from, to, own, each, members);
        }

        GC.KeepAlive(state);
        return next;
    }

    /// <inheritdoc/>
    /// <exception cref="StepException">The state is not one of this rank's.</exception>
    public Tensor Fields(Tensor state)
    {
        RequireState(state);
        return state.reshape(state.shape[0], 1, 1, _size);
    }

    public void Dispose()
    {
    }

    /// <summary>All members go through each stage together, so that their ends travel together.</summary>
    private unsafe void Advance(T* from, T* to, T* scratch, int each, int members)
    {
        for (var member = 0; member < members; member++)
        {
            _step.Begin(from + ((long)member * _size), scratch + ((long)member * each));
        }

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
        ArgumentNullException.ThrowIfNull(state);
        if (state.shape.Length != 2 || state.shape[1] != _size || state.dtype != Description.DType)
        {
            throw new StepException($"A rank of the lorenz96 model with the part {StateSlice} was given {state.Layout()}; expected a state "
                + $"{Description.DType.Name()}[batch, {_size}]. Give it a state of its own.");
        }
    }
}
