namespace Cairn.Engine.Models.SphericalShallowWater;

/// <summary>What an undamped layer conserves, as means over the sphere and per unit of density.</summary>
/// <param name="Depth">Mean of h in m: the mass.</param>
/// <param name="Energy">Mean of h (u² + v² + g h) / 2, in m³/s².</param>
/// <param name="PotentialEnstrophy">Mean of (ζ + f)² / (2 h), in 1/(m s²).</param>
/// <remarks>Depth is kept to the bit; the others but for truncation and the error of the time step.</remarks>
public readonly record struct LayerTotals(double Depth, double Energy, double PotentialEnstrophy);
