using Cairn.Engine.Mesh.Modules;
using Cairn.Engine.Mesh.Partition;

namespace Cairn.Engine.Mesh.Processes;

/// <summary>Wind carries dry snow from triangle to triangle, in saltation: Q = 0.68 ρ (u*t / u* g) (u*² - u*t²) in kg/(m s) (Pomeroy and
/// Gray 1990, Water Resour. Res. 26, 1583-1594, without vegetation), with u* = u^1.295 / 44.2 (the same), above a threshold wind of 9.43 +
/// 0.18 T + 0.0033 T² m/s (Li and Pomeroy 1997, J. Geophys. Res. 102, 21955-21964). Nothing leaves the domain.</summary>
/// <remarks>A finite volume each triangle: through each of its edges goes its own transport, by how much the edge lies across the wind,
/// upwind to downwind, and never more than lies there. All give at once and then receive, edge by edge, so that no cut shows in the result.
/// Snow takes its share of cold content along; wet snow stays. <c>drifted_snow</c> is what the step brought, in mm.</remarks>
public sealed class SnowDrift() : MeshModule("snow-drift", ModuleParallelism.Domain)
{
    private const double AirDensity = 1.2, Gravity = 9.81;
    private double[] _acrossX = [], _acrossY = [];
    private double[] _area = [];
    private double[] _given = [], _cold = [];
    private int[] _neighbours = [];
    private int _direction;
    private int _t, _u, _sweIndex, _waterIndex, _coldIndex, _driftedIndex;

    public override IReadOnlyList<string> Forcing => ["vw_dir"];
    public override IReadOnlyList<string> Depends => ["t", "u"];
    public override IReadOnlyList<string> Alters => ["swe", "liquid_water", "cold_content"];
    public override IReadOnlyList<string> Provides => ["drifted_snow"];

    /// <summary>Transport in kg/(m s).</summary>
    /// <param name="u">Wind speed at 10 m, in m/s.</param>
    /// <param name="t">Air temperature in °C.</param>
    public static double Saltation(double u, double t)
    {
        var threshold = 9.43 + (0.18 * t) + (0.0033 * t * t);
        if (u <= threshold)
            return 0;
        var (friction, least) = (Math.Pow(u, 1.295) / 44.2, Math.Pow(threshold, 1.295) / 44.2);
        return 0.68 * AirDensity * least / (friction * Gravity) * ((friction * friction) - (least * least));
    }

    public override void Run(in MeshStep step)
    {
        // Wind comes from its direction.
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(step.Forcing(_direction)));
        var (east, north) = (-sin, -cos);
        var drifted = step.Of(_driftedIndex);
        drifted.Clear();
        Give(step, east, north, drifted);
        step.FillGhosts(_given, _cold);
        Receive(step, east, north, drifted);
    }

    protected override void Begin(ModuleSetup setup)
    {
        _direction = setup.Column("vw_dir");
        (_t, _u, _sweIndex) = (setup.Variable("t"), setup.Variable("u"), setup.Variable("swe"));
        (_waterIndex, _coldIndex) = (setup.Variable("liquid_water"), setup.Variable("cold_content"));
        _driftedIndex = setup.Variable("drifted_snow");
        var part = setup.Part;
        (_neighbours, _area) = (part.Neighbours, part.Local(part.Mesh.Shapes.Area));
        (_acrossX, _acrossY) = (new double[part.Count * 3], new double[part.Count * 3]);
        for (var edge = 0; edge < _acrossX.Length; edge++)
            (_acrossX[edge], _acrossY[edge]) = Outward(part, edge / 3, edge % 3);
        (_given, _cold) = (new double[part.LocalCount], new double[part.LocalCount]);
    }

    /// <summary>What is given, in kg of each metre across the wind that it leaves through.</summary>
    private void Give(in MeshStep step, double east, double north, Span<double> drifted)
    {
        var t = step.Of(_t);
        var u = step.Of(_u);
        var swe = step.Of(_sweIndex);
        var water = step.Of(_waterIndex);
        var cold = step.Of(_coldIndex);
        for (var i = 0; i < swe.Length; i++)
        {
            var across = 0.0;
            for (var edge = 3 * i; edge < (3 * i) + 3; edge++)
                across += Math.Max(0, (east * _acrossX[edge]) + (north * _acrossY[edge]));
            var moved = across > 0 && water[i] <= 0 && swe[i] > 0 ? Saltation(u[i], t[i]) * across * step.Seconds / _area[i] : 0;
            moved = Math.Min(moved, swe[i]);
            var chill = moved > 0 ? moved / swe[i] * cold[i] : 0;
            swe[i] -= moved;
            cold[i] -= chill;
            drifted[i] -= moved;
            (_given[i], _cold[i]) = moved > 0 ? (moved * _area[i] / across, chill * _area[i] / across) : (0, 0);
        }
    }

    private void Receive(in MeshStep step, double east, double north, Span<double> drifted)
    {
        var swe = step.Of(_sweIndex);
        var cold = step.Of(_coldIndex);
        for (var i = 0; i < swe.Length; i++)
        {
            for (var edge = 3 * i; edge < (3 * i) + 3; edge++)
            {
                var across = -((east * _acrossX[edge]) + (north * _acrossY[edge]));
                if (across > 0)
                {
                    var (from, metres) = (_neighbours[edge], across / _area[i]);
                    swe[i] += metres * _given[from];
                    cold[i] += metres * _cold[from];
                    drifted[i] += metres * _given[from];
                }
            }
        }
    }

    /// <summary>The edge towards a neighbour, turned outward: its length across a wind is the product with the wind's direction. Nothing
    /// at the edge of the domain.</summary>
    private static (double X, double Y) Outward(MeshPart part, int local, int edge)
    {
        var (mesh, place) = (part.Mesh, part.Places[local]);
        var other = mesh.Neighbours[(place * 3) + edge];
        if (other < 0)
            return (0, 0);
        var mine = mesh.Triangles.AsSpan(place * 3, 3);
        var theirs = mesh.Triangles.AsSpan(other * 3, 3);
        Span<int> ends = [-1, -1];
        foreach (var corner in mine)
        {
            if (theirs.Contains(corner))
                ends[ends[0] < 0 ? 0 : 1] = corner;
        }
        // The same ends in the same order on both sides, so that what one gives and the other receives differ in sign alone.
        var (a, b) = (Math.Min(ends[0], ends[1]) * 3, Math.Max(ends[0], ends[1]) * 3);
        var v = mesh.Vertices;
        var (x, y) = (v[b + 1] - v[a + 1], v[a] - v[b]);
        var (towardX, towardY) = (mesh.Shapes.X[other] - mesh.Shapes.X[place], mesh.Shapes.Y[other] - mesh.Shapes.Y[place]);
        return (x * towardX) + (y * towardY) < 0 ? (-x, -y) : (x, y);
    }
}
