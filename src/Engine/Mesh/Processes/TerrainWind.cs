using Cairn.Engine.Mesh.Geometry;
using Cairn.Engine.Mesh.Modules;

namespace Cairn.Engine.Mesh.Processes;

/// <summary>Wind speed <c>u</c> (m/s at 10 m) of each triangle: the station's, faster on slopes that face the wind and on ridges, slower in
/// the lee and in hollows (Liston and Elder 2006, J. Hydrometeorol. 7, 217-234, equations 13 to 16): u = u₀ (1 + γs Ωs + γc Ωc) with γs =
/// γc = 0.5, where Ωs is the slope in the wind's direction and Ωc the curvature, both scaled to ±0.5 over the whole mesh.</summary>
/// <remarks>The curvature is that of the mesh: the mean over the neighbours of (z - z_neighbour) / (2 x distance). Ωs is scaled by the
/// steepest slope of the mesh, so that the scale is the same for all directions. A triangle alone (point mode) has the station's wind:
/// there is nothing that it could be steeper than.</remarks>
public sealed class TerrainWind() : MeshModule("terrain-wind", ModuleParallelism.Data)
{
    private const double SlopeWeight = 0.5, CurvatureWeight = 0.5;
    private double[] _northward = [], _eastward = [];
    private double[] _curvature = [];
    private int _speed, _direction;
    private int _u;

    public override IReadOnlyList<string> Forcing => ["u", "vw_dir"];
    public override IReadOnlyList<string> Provides => ["u"];

    public override void Run(in MeshStep step)
    {
        var north = Part(_northward, step);
        var east = Part(_eastward, step);
        var curvature = Part(_curvature, step);
        var speed = step.Forcing(_speed);
        var u = step.Of(_u);
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(step.Forcing(_direction)));
        for (var i = 0; i < u.Length; i++)
            u[i] = speed * (1 + (SlopeWeight * ((north[i] * cos) + (east[i] * sin))) + (CurvatureWeight * curvature[i]));
    }

    protected override void Begin(ModuleSetup setup)
    {
        (_speed, _direction, _u) = (setup.Column("u"), setup.Column("vw_dir"), setup.Variable("u"));
        var (mesh, shapes) = (setup.Part.Mesh, setup.Part.Mesh.Shapes);
        var curvature = Enumerable.Range(0, mesh.Count).Select(place => Curvature(mesh, place)).ToArray();
        var (steepest, sharpest) = mesh.Count == 1 ? (0, 0) : (Scale(shapes.Slope), Scale(curvature));
        _northward = setup.Part.Local([.. shapes.Slope.Zip(shapes.Aspect, (slope, aspect) => steepest * slope * Math.Cos(aspect))]);
        _eastward = setup.Part.Local([.. shapes.Slope.Zip(shapes.Aspect, (slope, aspect) => steepest * slope * Math.Sin(aspect))]);
        _curvature = setup.Part.Local(Array.ConvertAll(curvature, value => sharpest * value));
    }

    private static ReadOnlySpan<double> Part(double[] whole, in MeshStep step) => whole.AsSpan(step.First, step.Count);

    /// <summary>What brings the largest of the values to 0.5; 0 on level ground.</summary>
    private static double Scale(double[] values) => values.Max(Math.Abs) is var largest and > 0 ? 0.5 / largest : 0;

    private static double Curvature(TriangleMesh mesh, int place)
    {
        var (shapes, sum, count) = (mesh.Shapes, 0.0, 0);
        foreach (var neighbour in mesh.Neighbours.AsSpan(place * 3, 3))
        {
            if (neighbour >= 0)
            {
                var (dx, dy) = (shapes.X[neighbour] - shapes.X[place], shapes.Y[neighbour] - shapes.Y[place]);
                sum += (shapes.Elevation[place] - shapes.Elevation[neighbour]) / (2 * Math.Sqrt((dx * dx) + (dy * dy)));
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }
}
