namespace Cairn.Storage.NetCdf;

/// <summary>One of the rules by which a number in a file means a missing value.</summary>
/// <param name="Reason">The property of such numbers: <c>equal _FillValue = -999</c>.</param>
/// <param name="Covers">Whether the rule covers a number.</param>
/// <param name="Unpacked">Whether the rule is for unpacked values rather than stored numbers.</param>
internal sealed record MissingRule(string Reason, Func<double, bool> Covers, bool Unpacked);
