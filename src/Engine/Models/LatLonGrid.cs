namespace Cairn.Engine.Models;

/// <summary>A regular grid. Degrees north and degrees east, in the order of the fields' last two axes; on a plane metres instead.</summary>
public sealed record LatLonGrid(IReadOnlyList<double> Latitudes, IReadOnlyList<double> Longitudes)
{
    /// <summary>What the coordinates are measured in.</summary>
    public GridUnit Unit { get; init; }

    /// <summary>The mesh whose triangles the columns are; null where they are none.</summary>
    public FieldMesh? Mesh { get; init; }

    /// <summary>Equal when every latitude and longitude is: two grids read from two files are the same grid if they say the same.</summary>
    public bool Equals(LatLonGrid? other) => other is not null && Unit == other.Unit
        && Latitudes.SequenceEqual(other.Latitudes) && Longitudes.SequenceEqual(other.Longitudes);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var degrees in Latitudes.Concat(Longitudes))
            hash.Add(degrees);
        return hash.ToHashCode();
    }

    public override string ToString() => $"{Latitudes.Count} x {Longitudes.Count}";
}

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
