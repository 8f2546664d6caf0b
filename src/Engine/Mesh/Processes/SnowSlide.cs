using Cairn.Engine.Mesh.Modules;
using Cairn.Engine.Mesh.Partition;

namespace Cairn.Engine.Mesh.Processes;

/// <summary>Snow beyond what a slope holds slides to lower neighbours, in proportion to the difference in elevation (SnowSlide: Bernhardt
/// and Schulz 2010, Geophys. Res. Lett. 37, L11502): a slope of S degrees holds a thickness of 3178.4 S^-1.998 m, perpendicular to it. A
/// triangle without a lower neighbour keeps its snow; nothing leaves the domain.</summary>
/// <remarks>In one pass all triangles give at once and then receive, edge by edge, so that no order of triangles, and so no cut, shows in
/// the result. Snow takes its share of liquid water and cold content along. <c>slid_snow</c> is what the step brought, in mm.</remarks>
/// <param name="density">Of settled snow, in kg/m³.</param>
/// <param name="passes">How many triangles an avalanche runs across in one step at most.</param>
public sealed class SnowSlide(double density, int passes) : MeshModule("snow-slide", ModuleParallelism.Domain)
{
    private double[] _holds = [];
    private double[] _gains = [];
    private double[] _given = [], _water = [], _cold = [];
    private int[] _neighbours = [];
    private int _sweIndex, _waterIndex, _coldIndex, _slidIndex;

    public override IReadOnlyList<string> Depends => ["swe"];
    public override IReadOnlyList<string> Alters => ["swe", "liquid_water", "cold_content"];
    public override IReadOnlyList<string> Provides => ["slid_snow"];

    public override void Run(in MeshStep step)
    {
        var slid = step.Of(_slidIndex);
        slid.Clear();
        for (var pass = 0; pass < passes; pass++)
        {
            Give(step, slid);
            step.FillGhosts(_given, _water, _cold);
            Receive(step, slid);
        }
    }

    protected override void Begin(ModuleSetup setup)
    {
        (_sweIndex, _waterIndex) = (setup.Variable("swe"), setup.Variable("liquid_water"));
        (_coldIndex, _slidIndex) = (setup.Variable("cold_content"), setup.Variable("slid_snow"));
        var part = setup.Part;
        _neighbours = part.Neighbours;
        _holds = [.. part.Places.Take(part.Count).Select(place => Holds(part, place))];
        _gains = Gains(part);
        (_given, _water, _cold) = (new double[part.LocalCount], new double[part.LocalCount], new double[part.LocalCount]);
    }

    private void Give(in MeshStep step, Span<double> slid)
    {
        var swe = step.Of(_sweIndex);
        var water = step.Of(_waterIndex);
        var cold = step.Of(_coldIndex);
        for (var i = 0; i < swe.Length; i++)
        {
            var beyond = Math.Max(0, swe[i] - _holds[i]);
            var share = beyond > 0 ? beyond / swe[i] : 0;
            (_given[i], _water[i], _cold[i]) = (beyond, share * water[i], share * cold[i]);
            swe[i] -= beyond;
            water[i] -= _water[i];
            cold[i] -= _cold[i];
            slid[i] -= beyond;
        }
    }

    private void Receive(in MeshStep step, Span<double> slid)
    {
        var swe = step.Of(_sweIndex);
        var water = step.Of(_waterIndex);
        var cold = step.Of(_coldIndex);
        for (var i = 0; i < swe.Length; i++)
        {
            for (var edge = 3 * i; edge < (3 * i) + 3; edge++)
            {
                if (_gains[edge] > 0)
                {
                    var (gain, from) = (_gains[edge], _neighbours[edge]);
                    swe[i] += gain * _given[from];
                    water[i] += gain * _water[from];
                    cold[i] += gain * _cold[from];
                    slid[i] += gain * _given[from];
                }
            }
        }
    }

    /// <summary>In mm of water over the horizontal area; a triangle that cannot give holds everything.</summary>
    private double Holds(MeshPart part, int place)
    {
        var slope = part.Mesh.Shapes.Slope[place];
        var thickness = 3178.4 * Math.Pow(Math.Max(double.RadiansToDegrees(slope), 1e-6), -1.998);
        return Fall(part, place) > 0 ? density * thickness / Math.Cos(slope) : double.PositiveInfinity;
    }

    /// <summary>By edge of an own triangle, the depth that it gets of each mm that the neighbour gives.</summary>
    private static double[] Gains(MeshPart part)
    {
        var (shapes, gains) = (part.Mesh.Shapes, new double[part.Count * 3]);
        for (var edge = 0; edge < gains.Length; edge++)
        {
            var (place, from) = (part.Places[edge / 3], part.Mesh.Neighbours[(part.Places[edge / 3] * 3) + (edge % 3)]);
            var fall = from < 0 ? 0 : shapes.Elevation[from] - shapes.Elevation[place];
            gains[edge] = fall > 0 ? fall / Fall(part, from) * (shapes.Area[from] / shapes.Area[place]) : 0;
        }
        return gains;
    }

    /// <summary>The sum of how much lower its lower neighbours are.</summary>
    private static double Fall(MeshPart part, int place)
    {
        var (sum, elevation) = (0.0, part.Mesh.Shapes.Elevation);
        for (var edge = 0; edge < 3; edge++)
        {
            var neighbour = part.Mesh.Neighbours[(place * 3) + edge];
            sum += neighbour < 0 ? 0 : Math.Max(0, elevation[place] - elevation[neighbour]);
        }
        return sum;
    }
}
