namespace Cairn.Storage.NetCdf;

/// <summary>One of the rules by which a number in a file stands for no value.</summary>
/// <param name="Reason">What is true of such numbers: <c>equal _FillValue = -999</c>.</param>
/// <param name="Covers">Whether a number is such a one.</param>
/// <param name="Unpacked">Whether the rule speaks of unpacked values rather than of stored numbers.</param>
internal sealed record MissingRule(string Reason, Func<double, bool> Covers, bool Unpacked);
