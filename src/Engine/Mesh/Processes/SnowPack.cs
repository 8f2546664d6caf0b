using Cairn.Engine.Mesh.Modules;

namespace Cairn.Engine.Mesh.Processes;

/// <summary>A snowpack of one layer by a degree-day balance with cold content, refreezing and liquid water, after SNOW-17 (Anderson 2006,
/// Snow Accumulation and Ablation Model, NOAA) with the liquid-water capacity of HBV (Bergström 1976).</summary>
/// <remarks>
/// <para>Snow falls with the temperature of the air, and adds to the cold content what would bring it to 0 °C. Above 0 °C, air gives the
/// pack the heat that would melt degree-day factor x T a day: it first uses up cold content, then melts ice. Below, the cold content is
/// drawn towards that of a pack at air temperature with the negative melt factor. Cold content freezes liquid water, with its heat of
/// fusion. Liquid water beyond the capacity runs off.</para>
/// <para>State, in mm of water: <c>swe</c>, of which <c>liquid_water</c>; since the start <c>runoff</c> and <c>precipitation</c>; and
/// <c>cold_content</c> in J/m², at least 0. At any time precipitation = swe + runoff, to rounding, where nothing carries snow away.
/// <c>snow_melt</c> is the runoff of the step.</para>
/// </remarks>
/// <param name="degreeDayFactor">Melt in mm a day and K.</param>
/// <param name="negativeMeltFactor">What the pack loses below 0 °C, as the heat that melts so many mm a day and K.</param>
/// <param name="capacity">Liquid water that ice holds, as a fraction of its mass.</param>
public sealed class SnowPack(double degreeDayFactor, double negativeMeltFactor, double capacity)
    : MeshModule("snowpack", ModuleParallelism.Data)
{
    /// <summary>Heat of fusion in J/kg; with a mm of water, which is a kg, in J/m².</summary>
    public const double Fusion = 3.34e5;

    /// <summary>Heat capacity of ice in J/(kg K).</summary>
    public const double IceHeat = 2100;
    private const double Day = 86_400;
    private int _t, _rain, _snow;
    private int _swe, _liquid, _cold, _runoff, _fallen, _melt;

    public override IReadOnlyList<string> Depends => ["t", "p_rain", "p_snow"];
    public override IReadOnlyList<string> Provides => [.. State, "snow_melt"];
    public override IReadOnlyList<string> State => ["swe", "liquid_water", "cold_content", "runoff", "precipitation"];

    public override void Run(in MeshStep step)
    {
        var t = step.Of(_t);
        var rain = step.Of(_rain);
        var snow = step.Of(_snow);
        var swe = step.Of(_swe);
        var water = step.Of(_liquid);
        var coldContent = step.Of(_cold);
        var runoff = step.Of(_runoff);
        var fallen = step.Of(_fallen);
        var melted = step.Of(_melt);
        var (warming, cooling) = (degreeDayFactor * Fusion * step.Seconds / Day, negativeMeltFactor * Fusion * step.Seconds / Day);
        for (var i = 0; i < t.Length; i++)
        {
            var (air, liquid) = (t[i], water[i] + rain[i]);
            var ice = swe[i] - water[i] + snow[i];
            var cold = coldContent[i] + (IceHeat * snow[i] * Math.Max(0, -air));
            if (air > 0)
            {
                var heat = warming * air;
                var used = Math.Min(heat, cold);
                cold -= used;
                var melt = Math.Min(ice, (heat - used) / Fusion);
                ice -= melt;
                liquid += melt;
            }
            else if (ice > 0)
            {
                // Towards the air's temperature and not beyond.
                var share = Math.Min(1, cooling / (IceHeat * ice));
                cold += share * ((IceHeat * ice * -air) - cold);
            }
            var frozen = Math.Min(liquid, cold / Fusion);
            ice += frozen;
            cold = ice > 0 ? cold - (frozen * Fusion) : 0;
            liquid -= frozen;
            var gone = Math.Max(0, liquid - (capacity * ice));
            liquid -= gone;
            (swe[i], water[i], coldContent[i], melted[i]) = (ice + liquid, liquid, Math.Max(0, cold), gone);
            runoff[i] += gone;
            fallen[i] += rain[i] + snow[i];
        }
    }

    protected override void Begin(ModuleSetup setup)
    {
        (_t, _rain, _snow) = (setup.Variable("t"), setup.Variable("p_rain"), setup.Variable("p_snow"));
        (_swe, _liquid, _cold) = (setup.Variable("swe"), setup.Variable("liquid_water"), setup.Variable("cold_content"));
        (_runoff, _fallen, _melt) = (setup.Variable("runoff"), setup.Variable("precipitation"), setup.Variable("snow_melt"));
    }
}
