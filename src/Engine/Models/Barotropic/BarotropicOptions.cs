using Cairn.Engine.Models.Harmonics;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>What a <see cref="BarotropicModel"/> is built from.</summary>
public sealed record BarotropicOptions : SpectralOptions
{
    internal override string Model => "barotropic";
}
