using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Sources.Analytic;

namespace Cairn.Engine.Models.SphericalShallowWater;

/// <summary>The spherical shallow-water model.</summary>
public sealed record SphericalShallowWaterSpec(int Truncation, int DiffusionOrder, TimeSpan? DiffusionTimeScale)
    : SpectralSpec(Truncation, DiffusionOrder, DiffusionTimeScale)
{
    /// <summary>Mean of the height that balances winds without one, in m.</summary>
    public required double MeanHeight { get; init; }

    /// <summary>Degrees between the axis of the coordinates and that of the rotation.</summary>
    public required double Tilt { get; init; }
}

/// <summary>The shallow-water equations on the sphere, spectral.</summary>
internal sealed class SphericalShallowWaterKind() : ModelKind<SphericalShallowWaterSpec>("spherical-shallow-water", "on the sphere")
{
    public override bool TakesSeveralTimes => true;
    public override IReadOnlyList<SettingSection> Sections => [SpectralSettings.Section, SphericalShallowWaterSettings.Section];
    public override string UsualStep => "10m";
    public override IReadOnlyList<string> Cases => SphericalLayers.Names;
    public override IReadOnlyList<string> CaseVariables => ["u", "v", "h"];

    protected override SphericalShallowWaterSpec ReadOwn(SettingReader reader, InitialSpec initial) =>
        SphericalShallowWaterSettings.Read(reader);

    protected override IPrognosticModel Create(ModelRequest request, SphericalShallowWaterSpec own) =>
        new SphericalShallowWaterModel(new SphericalShallowWaterOptions
        {
            Grid = request.Initial.Grid,
            Truncation = own.Truncation,
            Step = request.Spec.Step,
            DType = request.DType,
            Device = request.Device,
            Hyperdiffusion = SpectralSettings.Damping(own),
            HeightGiven = request.Initial.Variables.Contains("h", StringComparer.Ordinal),
            MeanHeight = own.MeanHeight,
            Tilt = own.Tilt,
            Bounds = request.Bounds,
        });

    /// <summary>On the Gaussian grid of the model's products, which its truncation goes with.</summary>
    protected override InitialCondition ReadCase(ModelSpec model, SphericalShallowWaterSpec own, string name, CfTime time)
    {
        var grid = new TransformGrid(own.Truncation).ToGrid();
        return Case(CaseVariables, grid, SphericalLayers.Make(name, grid, own.Tilt), time);
    }
}

/// <summary>The settings of <c>model</c> that it has besides those of the spectral models.</summary>
internal static class SphericalShallowWaterSettings
{
    public static readonly SettingSection<SphericalShallowWaterSpec> Section = new(
        "model", spec => spec.Model.Of<SphericalShallowWaterSpec>(), ModelSettings.Kind.Is("spherical-shallow-water"));

    private static readonly Setting<double> MeanHeight = Section.Add(
        "mean-height", Number("the mean height of the surface in metres, a number above 0", v => v > 0), s => s.MeanHeight,
        usual: SphericalShallowWaterOptions.UsualMeanHeight, unit: "m", shapes: Shaping.Numbers,
        help: "The mean height of the surface where initial.variables has no h: winds alone are given the height that balances them.");

    private static readonly Setting<double> Tilt = Section.Add(
        "tilt", Number("the tilt of the planet's axis in degrees, from -180 to 180", v => Math.Abs(v) <= 180), s => s.Tilt, usual: 0,
        unit: "degrees", shapes: Shaping.Numbers, help: "The angle between the axis of the coordinates and that of the planet's "
            + "rotation.");

    public static SphericalShallowWaterSpec Read(SettingReader reader)
    {
        var (truncation, order, timeScale) = SpectralSettings.Read(reader);
        return new SphericalShallowWaterSpec(truncation, order, timeScale)
        {
            MeanHeight = reader.Get(MeanHeight),
            Tilt = reader.Get(Tilt),
        };
    }
}
