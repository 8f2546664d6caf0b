using Cairn.Engine.Mesh.Modules;

namespace Cairn.Engine.Mesh.Processes;

/// <summary>Parts the station's precipitation into <c>p_rain</c> and <c>p_snow</c> (mm in the step) after Harder and Pomeroy (2013, Hydrol.
/// Process. 27, 1901-1914): by the temperature of a falling hydrometeor, where the heat that reaches it is what sublimates or evaporates
/// from it, which Newton's iteration finds; <c>frac_precip_rain</c> = 1 / (1 + b c^Ti) with the coefficients for hours.</summary>
/// <remarks>Ti = T + D L (ρ(T) - ρ_sat(Ti)) / λ (their equation 5), with the diffusivity of vapour D = 2.06e-5 (T/273.15 K)^1.75 m²/s, the
/// conductivity of air λ = 6.3e-5 T + 6.73e-3 W/(m K), the latent heat L = 1000 (2834.1 - 0.29 T - 0.004 T²) J/kg below 0 °C and 1000 (2501
/// - 2.361 T) above, and saturation over water at 611 Pa exp(17.3 T / (237.3 °C + T)) (their appendix).</remarks>
public sealed class PrecipitationPhase() : MeshModule("precipitation-phase", ModuleParallelism.Data)
{
    private const double B = 2.630006, C = 0.09336;
    private const double Kelvin = 273.15, Molar = 0.01801528, Gas = 8.31441;
    private const double Tolerance = 1e-6;
    private const int MostIterations = 20;

    private static readonly double LogC = Math.Log(C);
    private int _p;
    private int _t, _rh, _rain, _snow, _fraction;

    public override IReadOnlyList<string> Forcing => ["p"];
    public override IReadOnlyList<string> Depends => ["t", "rh"];
    public override IReadOnlyList<string> Provides => ["p_rain", "p_snow", "frac_precip_rain"];

    /// <summary>The temperature of a hydrometeor in °C.</summary>
    /// <param name="t">Of the air, in °C.</param>
    /// <param name="rh">Relative humidity in %.</param>
    public static double HydrometeorTemperature(double t, double rh)
    {
        var kelvin = t + Kelvin;
        var diffusivity = 2.06e-5 * Math.Pow(kelvin / Kelvin, 1.75);
        var conductivity = (6.3e-5 * kelvin) + 6.73e-3;
        var latent = t < 0 ? 1000 * (2834.1 - (0.29 * t) - (0.004 * t * t)) : 1000 * (2501 - (2.361 * t));
        var factor = diffusivity * latent / conductivity;
        var vapour = rh / 100 * Density(t);
        var ti = t;
        for (var i = 0; i < MostIterations; i++)
        {
            var saturated = Density(ti);
            var slope = saturated * ((17.3 * 237.3 / ((237.3 + ti) * (237.3 + ti))) - (1 / (ti + Kelvin)));
            var change = (t + (factor * (vapour - saturated)) - ti) / (1 + (factor * slope));
            ti += change;
            if (Math.Abs(change) < Tolerance)
                break;
        }
        return ti;
    }

    public override void Run(in MeshStep step)
    {
        var p = step.Forcing(_p);
        var rain = step.Of(_rain);
        var snow = step.Of(_snow);
        var fraction = step.Of(_fraction);
        if (p <= 0)
        {
            rain.Clear();
            snow.Clear();
            fraction.Clear();
            return;
        }
        var t = step.Of(_t);
        var rh = step.Of(_rh);
        for (var i = 0; i < fraction.Length; i++)
        {
            fraction[i] = 1 / (1 + (B * Math.Exp(HydrometeorTemperature(t[i], rh[i]) * LogC)));
            rain[i] = p * fraction[i];
            snow[i] = p - rain[i];
        }
    }

    protected override void Begin(ModuleSetup setup)
    {
        _p = setup.Column("p");
        (_t, _rh) = (setup.Variable("t"), setup.Variable("rh"));
        (_rain, _snow, _fraction) = (setup.Variable("p_rain"), setup.Variable("p_snow"), setup.Variable("frac_precip_rain"));
    }

    /// <summary>Of saturated vapour, in kg/m³.</summary>
    private static double Density(double t) => Molar * 611 * Math.Exp(17.3 * t / (237.3 + t)) / (Gas * (t + Kelvin));
}
