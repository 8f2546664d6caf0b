namespace Cairn.Storage.Fields;

/// <summary>One axis of a stored grid.</summary>
/// <param name="Values">Its coordinates, in the order of the fields.</param>
/// <param name="Units">What they are measured in, such as <c>degrees_north</c> or <c>m</c>; empty where the store does not say.</param>
public sealed record StoredAxis(IReadOnlyList<double> Values, string Units)
{
    /// <summary>Whether these are degrees on the globe.</summary>
    public bool IsDegrees => Units.StartsWith("degree", StringComparison.Ordinal);
}

/// <summary>A variable of a store.</summary>
/// <param name="Field">Its name and description.</param>
/// <param name="LeadTimesPerChunk">How many lead times a chunk holds.</param>
public sealed record StoredVariable(FieldVariable Field, int LeadTimesPerChunk);
