namespace Cairn.Storage.Fields;

/// <summary>A field of the output.</summary>
/// <param name="Name">Its name in the store: letters, digits and underscores.</param>
/// <param name="Units">Its units (UDUNITS, <c>m s-1</c>), where known.</param>
/// <param name="LongName">What it is, in words, where known.</param>
/// <param name="StandardName">Its name in the CF standard name table, where it has one.</param>
public sealed record FieldVariable(string Name, string? Units = null, string? LongName = null, string? StandardName = null);

/// <summary>How field values are stored.</summary>
public enum FieldPrecision
{
    /// <summary>Four bytes, <c>&lt;f4</c>.</summary>
    Single,

    /// <summary>Eight bytes, <c>&lt;f8</c>.</summary>
    Double,
}
