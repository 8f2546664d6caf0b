namespace Cairn.Engine.Models.ShallowWater;

/// <summary>Which total the advection of vorticity keeps, of the two schemes of Sadourny (1975).</summary>
public enum ShallowWaterScheme
{
    /// <summary>Potential enstrophy: the scheme of the NCAR program, and steady without any diffusion.</summary>
    PotentialEnstrophy,

    /// <summary>Total energy.</summary>
    Energy,
}
