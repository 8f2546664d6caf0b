using Cairn.Engine.Mesh;
using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Processes;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Bench.Mesh;

/// <summary>The mesh model as a rollout steps it: a tensor in, a tensor out. All modules have work to do in every step.</summary>
internal sealed class MeshStepping : IDisposable
{
    private static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);
    private readonly MeshModel _model;
    private Tensor _state;

    public MeshStepping(int columns, int rows)
    {
        var start = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        double[] row = [-3, 80, 11, 250, 0.4];
        _model = new MeshModel(new MeshOptions
        {
            Mesh = GeneratedMesh.Of(columns, rows),
            Forcing = new("steady weather", start, HalfHour, ["t", "rh", "u", "vw_dir", "p"],
                [.. Enumerable.Repeat(row, 4).SelectMany(values => values)]),
            Modules = () => ProcessCatalog.Make(ProcessCatalog.Names, new ProcessSettings(1000)),
            InitialTime = start,
            Step = HalfHour,
        });
        var (variables, count) = (_model.Layout.Names.Count, _model.Mesh.Count);
        var fields = new double[variables * count];
        Array.Fill(fields, 100, _model.Layout.Row("snowpack:swe") * count, count);
        Array.Fill(fields, 1e5, _model.Layout.Row("snowpack:cold_content") * count, count);
        using var initial = Tensors.From(fields, 1, variables, 1, count);
        _state = _model.Initialize(initial);
    }

    /// <summary>The area integral of the square of what lies there.</summary>
    public double Total
    {
        get
        {
            var places = Engine.Mesh.Partition.MeshOrder.Of(_model.Mesh);
            var swe = _state.ToArray<double>().AsSpan(_model.Layout.Row("snowpack:swe") * _model.Mesh.Count, _model.Mesh.Count).ToArray();
            return swe.Zip(places).Sum(pair => pair.First * pair.First * _model.Mesh.Shapes.Area[pair.Second]);
        }
    }

    public double Milliseconds(int steps)
    {
        var started = TimeProvider.System.GetTimestamp();
        Step(steps);
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps;
    }

    public void Step(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            using var before = _state;
            _state = _model.Step(before, TimeSpan.Zero);
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }
}
