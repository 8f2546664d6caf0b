namespace Cairn.Engine.Models;

/// <summary>What the coordinates of a grid are measured in.</summary>
public enum GridUnit
{
    /// <summary>Degrees north and east on the sphere.</summary>
    Degrees,

    /// <summary>Metres north and east on a plane.</summary>
    Metres,

    /// <summary>The triangles of a mesh: one row, whose columns hold their numbers, in the order of the fields' last axis.</summary>
    Triangles,
}
