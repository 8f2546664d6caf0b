using Cairn.Engine.Models.Harmonics;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>The barotropic vorticity model.</summary>
public sealed record BarotropicSpec(int Truncation, int DiffusionOrder, TimeSpan? DiffusionTimeScale)
    : SpectralSpec(Truncation, DiffusionOrder, DiffusionTimeScale);

/// <summary>The spectral barotropic vorticity equation on the sphere.</summary>
internal sealed class BarotropicKind() : ModelKind<BarotropicSpec>("barotropic", "vorticity on the sphere")
{
    public override bool TakesSeveralTimes => true;
    public override IReadOnlyList<SettingSection> Sections => [SpectralSettings.Section];

    protected override BarotropicSpec ReadOwn(SettingReader reader, InitialSpec initial)
    {
        var (truncation, order, timeScale) = SpectralSettings.Read(reader);
        return new BarotropicSpec(truncation, order, timeScale);
    }

    protected override IPrognosticModel Create(ModelRequest request, BarotropicSpec own) => new BarotropicModel(new BarotropicOptions
    {
        Grid = request.Initial.Grid,
        Truncation = own.Truncation,
        Step = request.Spec.Step,
        DType = request.DType,
        Device = request.Device,
        Hyperdiffusion = SpectralSettings.Damping(own),
        Bounds = request.Bounds,
    });
}
