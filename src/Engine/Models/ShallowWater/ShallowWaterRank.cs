namespace Cairn.Engine.Models.ShallowWater;

/// <summary>Some consecutive rows of the plane. A step exchanges one row of u, v and p with either neighbour, vorticity one row of u
/// northward.</summary>
internal sealed class ShallowWaterRank<T> : IRankModel where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Levels = ShallowWaterSlab<T>.Levels, Now = ShallowWaterSlab<T>.HaloFields;
    private readonly ShallowWaterPlane _plane;
    private readonly StepFactors<T> _leapfrog;
    private readonly StepFactors<T> _backward;
    private readonly RowHalos<T> _halos;
    private readonly T[] _scratch;
    private readonly int _first;
    private readonly int _rows;

    public ShallowWaterRank(ShallowWaterOptions options, ModelDescription whole, ICommunicator ranks)
    {
        (_plane, Description) = (options.Plane, whole);
        StateSlice = DomainSlice.Part([Levels, _plane.Rows, _plane.Columns], axis: 1, ranks.Rank, ranks.Size);
        FieldSlice = DomainSlice.Part([_plane.Rows, _plane.Columns], axis: 0, ranks.Rank, ranks.Size);
        (_first, _rows) = ((int)FieldSlice.Offset[0], (int)FieldSlice.Shape[0]);
        _leapfrog = StepFactors<T>.Of(options, 2 * options.Step.TotalSeconds);
        _backward = StepFactors<T>.Of(options, -options.Step.TotalSeconds);
        _halos = new RowHalos<T>(ranks, _rows, _plane.Columns);
        _scratch = new T[RowSweep<T>.Scratch(_plane.Columns)];
    }

    public ModelDescription Description { get; }
    public DomainSlice StateSlice { get; }
    public DomainSlice FieldSlice { get; }
    private int Size => _rows * _plane.Columns;

    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        using var placed = fields.to(Description.DType, CPU);
        using var now = placed.Copied();
        var state = Tensors.Unwritten<T>([fields.shape[0], Levels, _rows, _plane.Columns], out var levels);
        var whole = now.Elements<T>();
        for (var member = 0; member < fields.shape[0]; member++)
            Begin(whole.Slice(member * Now * _plane.Size, Now * _plane.Size), levels.Slice(member * Levels * Size, Levels * Size));
        GC.KeepAlive(now);
        return state;
    }

    public Tensor Step(Tensor state)
    {
        RequireState(state);
        var result = Tensors.Unwritten<T>([.. state.shape], out var next);
        var from = state.Elements<T>();
        var (members, size) = ((int)state.shape[0], Levels * Size);
        _halos.Exchange(from, members);
        for (var member = 0; member < members; member++)
        {
            var slab = new ShallowWaterSlab<T>(
                from.Slice(member * size, size), _halos.South(member), _halos.North(member), _plane.Columns);
            RowSweep<T>.Step(slab, next.Slice(member * size, size), _leapfrog, _scratch);
        }
        GC.KeepAlive(state);
        return result;
    }

    public Tensor Fields(Tensor state)
    {
        RequireState(state);
        var from = state.Elements<T>();
        var members = (int)state.shape[0];
        var fields = Tensors.Unwritten<T>([members, Now + 1, _rows, _plane.Columns], out var values);
        _halos.ExchangeNorthward(from, members);
        for (var member = 0; member < members; member++)
        {
            var now = from.Slice(member * Levels * Size, Now * Size);
            var to = values.Slice(member * (Now + 1) * Size, (Now + 1) * Size);
            now.CopyTo(to);
            VorticityRows<T>.Of(_plane, now, _halos.SouthU(member), to[(Now * Size)..]);
        }
        GC.KeepAlive(state);
        return fields;
    }

    public void Dispose() { }

    /// <summary>The rows beside this rank's own are in the whole fields, so that nothing needs to be exchanged.</summary>
    private void Begin(ReadOnlySpan<T> whole, Span<T> levels)
    {
        var width = _plane.Columns;
        var (both, stepped) = (new T[Levels * Size], new T[Levels * Size]);
        var (south, north) = (new T[Now * width], new T[Now * width]);
        for (var field = 0; field < Now; field++)
        {
            var plane = whole.Slice(field * _plane.Size, _plane.Size);
            var own = plane.Slice(_first * width, Size);
            own.CopyTo(both.AsSpan(field * Size));
            own.CopyTo(both.AsSpan((Now + field) * Size));
            own.CopyTo(levels[(field * Size)..]);
            plane.Slice((_first + _plane.Rows - 1) % _plane.Rows * width, width).CopyTo(south.AsSpan(field * width));
            plane.Slice((_first + _rows) % _plane.Rows * width, width).CopyTo(north.AsSpan(field * width));
        }
        RowSweep<T>.Step(new ShallowWaterSlab<T>(both, south, north, width), stepped, _backward, _scratch);
        stepped.AsSpan(0, Now * Size).CopyTo(levels[(Now * Size)..]);
    }

    private void RequireState(Tensor state)
    {
        if (state.shape.Length != 4 || !state.shape.Skip(1).SequenceEqual(StateSlice.Shape) || state.dtype != Description.DType)
            throw new StepException(
                $"A rank of the shallow-water model with the part {StateSlice} was given {state.Layout()}; expected a state "
                + $"{Description.DType.Name()}[batch, {string.Join(", ", StateSlice.Shape)}]. Give it a state of its own.");
    }
}
