namespace Cairn.Engine.Models;

/// <summary>The planet, with the constants of Williamson et al. (1992), J. Comput. Phys. 102, 211-224.</summary>
public static class Earth
{
    /// <summary>Radius in metres.</summary>
    public const double Radius = 6.37122e6;

    /// <summary>Rotation rate in radians per second.</summary>
    public const double Rotation = 7.292e-5;

    /// <summary>Acceleration of gravity in m/s².</summary>
    public const double Gravity = 9.80616;
}
