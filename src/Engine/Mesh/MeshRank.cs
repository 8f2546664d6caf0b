using Cairn.Engine.Mesh.Modules;
using Cairn.Engine.Mesh.Partition;

namespace Cairn.Engine.Mesh;

/// <summary>One rank's triangles of a <see cref="MeshModel"/>, or all of them.</summary>
internal sealed class MeshRank : IRankModel, ITimedModel
{
    private readonly ModuleChain _chain;
    private readonly MeshPart _part;
    private readonly DateTime _initialTime;

    public MeshRank(ModuleChain chain, MeshPart part, DateTime initialTime, ModelDescription whole)
    {
        (_chain, _part, _initialTime, Description) = (chain, part, initialTime, whole);
        var (variables, triangles) = (chain.Layout.Names.Count, part.Mesh.Count);
        StateSlice = new DomainSlice([variables, triangles], [0, part.First], [variables, part.Count]);
        FieldSlice = new DomainSlice([1, triangles], [0, part.First], [1, part.Count]);
    }

    public ModelDescription Description { get; }
    public DomainSlice StateSlice { get; }
    public DomainSlice FieldSlice { get; }
    private int Size => _chain.Layout.Names.Count * _part.Count;

    /// <summary>What the modules begin with; only before the first step.</summary>
    public double[] InitialState()
    {
        var values = new double[Size];
        _chain.Save(new StateRoom(_chain.Layout, values));
        return values;
    }

    /// <remarks>The fields of the whole mesh are its state; a rank takes its triangles of each.</remarks>
    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(Description, fields);
        using var placed = fields.to(ScalarType.Float64, CPU);
        using var whole = placed.Copied();
        var state = Tensors.Unwritten<double>([fields.shape[0], _chain.Layout.Names.Count, _part.Count], out var values);
        var from = whole.Elements<double>();
        var triangles = _part.Mesh.Count;
        for (var row = 0; row < values.Length / _part.Count; row++)
            from.Slice((row * triangles) + _part.First, _part.Count).CopyTo(values[(row * _part.Count)..]);
        GC.KeepAlive(whole);
        return state;
    }

    public Tensor Step(Tensor state) => throw TimedSteps.LeadTimeMissing(Description.Kind);

    public Tensor Step(Tensor state, TimeSpan leadTime)
    {
        RequireState(state);
        var result = Tensors.Unwritten<double>([.. state.shape], out var next);
        var from = state.Elements<double>();
        for (var member = 0; member < state.shape[0]; member++)
        {
            _chain.Load(new SavedState(_chain.Layout, from.Slice(member * Size, Size)));
            _chain.Step(_initialTime + leadTime);
            _chain.Save(new StateRoom(_chain.Layout, next.Slice(member * Size, Size)));
        }
        GC.KeepAlive(state);
        return result;
    }

    public Tensor Fields(Tensor state)
    {
        RequireState(state);
        return state.reshape(state.shape[0], state.shape[1], 1, state.shape[2]);
    }

    /// <summary>The whole model was asked before it was cut.</summary>
    public void RequireSteps(TimeSpan last) { }

    public void Dispose() { }

    private void RequireState(Tensor state)
    {
        if (state.shape.Length != 3 || !state.shape.Skip(1).SequenceEqual(StateSlice.Shape) || state.dtype != ScalarType.Float64)
            throw new StepException($"A mesh model with the part {StateSlice} was given {state.Layout()}; expected a state float64[batch, "
                + $"{string.Join(", ", StateSlice.Shape)}]. Give it one of its own states.");
    }
}
