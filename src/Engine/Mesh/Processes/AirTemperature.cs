using Cairn.Engine.Mesh.Modules;

namespace Cairn.Engine.Mesh.Processes;

/// <summary>Air temperature <c>t</c> (°C) of each triangle, from the station's by elevation: T = T₀ - Γ (z - z₀). Unless a lapse rate is
/// given, Γ is that of the month, from Kunkel (1989), as tabulated by Liston and Elder (2006, J. Hydrometeorol. 7, 217-234, table
/// 1).</summary>
/// <param name="stationElevation">Elevation of the station in m.</param>
/// <param name="lapseRate">Kelvin by which a kilometre upward is colder, or null for that of the month.</param>
public sealed class AirTemperature(double stationElevation, double? lapseRate) : MeshModule("air-temperature", ModuleParallelism.Data)
{
    private static readonly double[] Monthly = [4.4, 5.9, 7.1, 7.8, 8.1, 8.2, 8.1, 8.1, 7.7, 6.8, 5.5, 4.7];
    private double[] _above = [];
    private int _observed;
    private int _t;

    public override IReadOnlyList<string> Forcing => ["t"];
    public override IReadOnlyList<string> Provides => ["t"];

    public override void Run(in MeshStep step)
    {
        var perMetre = (lapseRate ?? Monthly[step.Time.Month - 1]) / 1000;
        var observed = step.Forcing(_observed);
        var above = _above.AsSpan(step.First, step.Count);
        var t = step.Of(_t);
        for (var i = 0; i < t.Length; i++)
            t[i] = observed - (perMetre * above[i]);
    }

    protected override void Begin(ModuleSetup setup)
    {
        (_observed, _t) = (setup.Column("t"), setup.Variable("t"));
        _above = Array.ConvertAll(setup.Part.Local(setup.Part.Mesh.Shapes.Elevation), z => z - stationElevation);
    }
}
