using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Geometry;
using Cairn.Engine.Mesh.Modules;
using Cairn.Engine.Mesh.Partition;

namespace Cairn.Engine.Mesh;

/// <summary>Process modules on an unstructured triangle mesh, driven by a weather record: an ordinary model in float64 on the CPU, whose
/// state is <c>[batch, state variable, triangle]</c>. See docs/mesh.md.</summary>
/// <remarks>
/// <para>Input are the modules' state variables, <c>module:variable</c>; output are the same, with only the variable's name. Triangles
/// are in the order in which the mesh is cut (<see cref="MeshOrder"/>), and the grids name them: one row, whose columns are global
/// ids.</para>
/// <para>A step depends on the time, so it needs the lead time. A member's bits depend neither on its batch nor on how the mesh
/// is cut.</para>
/// </remarks>
public sealed class MeshModel : ICuttableModel, ITimedModel
{
    private readonly MeshOptions _options;
    private readonly int[] _order;
    private readonly MeshRank _whole;
    private readonly SoloCommunicator _solo = new();

    /// <exception cref="SpecException">The modules do not go together or keep no state, or the step is not that of the forcing.</exception>
    public MeshModel(MeshOptions options)
    {
        (_options, _order) = (options, MeshOrder.Of(options.Mesh));
        var chain = Chain(_solo, out var part);
        if (chain.Layout.Names.Count == 0)
            throw new SpecException($"The modules {string.Join(", ", chain.Modules)} keep no state, so nothing changes from step to "
                + "step; expected at least one that does.");
        var grid = new LatLonGrid([0], [.. part.GlobalIds.Select(id => (double)id)])
        {
            Unit = GridUnit.Triangles,
            Mesh = options.Mesh.ToFieldMesh(_order),
        };
        Layout = chain.Layout;
        Description = new ModelDescription(
            "mesh", chain.Layout.Names, chain.Layout.Variables, grid, grid, options.Step, ScalarType.Float64, CPU,
            DependsOnBatch: false, options.Bounds, [$"mesh: {string.Join(", ", chain.Modules)}, version 1"]);
        _whole = new MeshRank(chain, part, options.InitialTime, Description);
        InitialFields = _whole.InitialState();
    }

    public ModelDescription Description { get; }

    /// <summary>The state variables.</summary>
    public StateLayout Layout { get; }

    /// <summary>The state that the modules begin with, <c>[state variable, triangle]</c>: what <c>initial.source = model</c>
    /// gives.</summary>
    public double[] InitialFields { get; }

    /// <summary>The triangles' numbers, in the order of states and fields; a rank has as many of them from the offset of its
    /// slice.</summary>
    public IReadOnlyList<int> GlobalIds => [.. _order.Select(place => Mesh.GlobalIds[place])];

    /// <summary>The mesh.</summary>
    public Geometry.TriangleMesh Mesh => _options.Mesh;

    /// <summary>As many as there are triangles.</summary>
    public int MostRanks => _options.Mesh.Count;

    /// <remarks>State and fields are cut into ranges of triangles.</remarks>
    public IRankModel Cut(ICommunicator ranks)
    {
        DomainCut.RequireRanks(this, ranks.Size);
        return new MeshRank(Chain(ranks, out var part), part, _options.InitialTime, Description);
    }

    /// <exception cref="SpecException">The fields have another shape.</exception>
    public Tensor Initialize(Tensor fields) => _whole.Initialize(fields);

    /// <exception cref="StepException">Always: the step depends on the lead time.</exception>
    public Tensor Step(Tensor state) => _whole.Step(state);

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    /// <exception cref="DataException">The forcing has no such time.</exception>
    public Tensor Step(Tensor state, TimeSpan leadTime) => _whole.Step(state, leadTime);

    public void RequireSteps(TimeSpan last) =>
        _options.Forcing.Require(_options.InitialTime, _options.InitialTime + last);

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    public Tensor Fields(Tensor state) => _whole.Fields(state);

    public void Dispose()
    {
        _whole.Dispose();
        _solo.Dispose();
    }

    private ModuleChain Chain(ICommunicator ranks, out MeshPart part)
    {
        part = new MeshPart(_options.Mesh, _order, ranks.Rank, ranks.Size);
        return new ModuleChain(_options.Modules(), part, _options.Forcing, _options.Step, ranks);
    }
}

/// <summary>What a <see cref="MeshModel"/> is made of.</summary>
public sealed record MeshOptions
{
    /// <summary>The mesh; of one triangle in point mode.</summary>
    public required TriangleMesh Mesh { get; init; }

    /// <summary>The forcing, whose interval is the model's step.</summary>
    public required ForcingSeries Forcing { get; init; }

    /// <summary>Creates new modules for every rank.</summary>
    public required Func<IReadOnlyList<IModule>> Modules { get; init; }

    /// <summary>Lead time zero, in the time of the forcing.</summary>
    public required DateTime InitialTime { get; init; }

    /// <summary>How far a step goes; the interval of the forcing.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>Physical bounds by output variable.</summary>
    public IReadOnlyDictionary<string, FieldBounds> Bounds { get; init; } = new Dictionary<string, FieldBounds>();
}
