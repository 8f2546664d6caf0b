using Cairn.Engine.Mesh.Modules;

namespace Cairn.Engine.Mesh.Processes;

/// <summary>Relative humidity <c>rh</c> (%, over water, at most 100) of each triangle: the station's dew point, which falls with elevation
/// at the rate of the month, against the triangle's own temperature (Liston and Elder 2006, J. Hydrometeorol. 7, 217-234, equations 3 to 8
/// and table 1). Saturation vapour pressure after Buck (1981, J. Appl. Meteorol. 20, 1527-1532): e = 611.21 Pa exp(17.502 T / (240.97 °C +
/// T)).</summary>
/// <param name="stationElevation">Elevation of the station in m.</param>
public sealed class RelativeHumidity(double stationElevation) : MeshModule("relative-humidity", ModuleParallelism.Data)
{
    private const double B = 17.502, C = 240.97;

    /// <summary>By month, the coefficient of vapour pressure in 1/km.</summary>
    private static readonly double[] Monthly = [0.41, 0.42, 0.40, 0.39, 0.38, 0.36, 0.33, 0.33, 0.36, 0.37, 0.40, 0.40];
    private double[] _above = [];
    private int _observedT, _observedRh;
    private int _t, _rh;

    public override IReadOnlyList<string> Forcing => ["t", "rh"];
    public override IReadOnlyList<string> Depends => ["t"];
    public override IReadOnlyList<string> Provides => ["rh"];

    public override void Run(in MeshStep step)
    {
        var (dew, perMetre) = (DewPoint(step.Forcing(_observedT), step.Forcing(_observedRh)), Monthly[step.Time.Month - 1] / 1000 * C / B);
        var above = _above.AsSpan(step.First, step.Count);
        var t = step.Of(_t);
        var rh = step.Of(_rh);
        for (var i = 0; i < rh.Length; i++)
        {
            var td = dew - (perMetre * above[i]);
            rh[i] = Math.Min(100, 100 * Math.Exp((B * td / (C + td)) - (B * t[i] / (C + t[i]))));
        }
    }

    protected override void Begin(ModuleSetup setup)
    {
        (_observedT, _observedRh) = (setup.Column("t"), setup.Column("rh"));
        (_t, _rh) = (setup.Variable("t"), setup.Variable("rh"));
        _above = Array.ConvertAll(setup.Part.Local(setup.Part.Mesh.Shapes.Elevation), z => z - stationElevation);
    }

    /// <summary>In °C. Drier air than 1 % is no measurement, and has no dew point that this formula could give.</summary>
    private static double DewPoint(double t, double rh)
    {
        var logarithm = (B * t / (C + t)) + Math.Log(Math.Max(rh, 1) / 100);
        return C * logarithm / (B - logarithm);
    }
}
