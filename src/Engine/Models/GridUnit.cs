namespace Cairn.Engine.Models;

/// <summary>What the coordinates of a grid are measured in.</summary>
public enum GridUnit
{
    /// <summary>Degrees north and east on the sphere.</summary>
    Degrees,

    /// <summary>Metres north and east on a plane.</summary>
    Metres,
}
