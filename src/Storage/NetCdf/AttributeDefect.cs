using System.Globalization;

namespace Cairn.Storage.NetCdf;

/// <summary>Tells of an attribute that cannot be followed: file, variable, attribute, what it says, what was expected.</summary>
internal static class AttributeDefect
{
    internal static DataException Of(string path, NetCdfVariable variable, string attribute, string problem, string expected)
        => new($"{path}: {variable.Name}:{attribute} = {Shown(variable.Attributes.GetValueOrDefault(attribute))} {problem}. "
            + $"Expected {expected}. Correct the attribute {attribute} of {variable.Name} in the file, with ncatted or xarray.");

    /// <summary>What an attribute says, as ncdump would.</summary>
    internal static string Shown(NetCdfAttribute? attribute) => attribute switch
    {
        { Text: { } text } => $"\"{text.Replace("\n", "\", \"", StringComparison.Ordinal)}\"",
        { Numbers: { Count: > 0 } numbers } => string.Join(", ", numbers.Select(n => n.ToString("G9", CultureInfo.InvariantCulture))),
        null => "(absent)",
        _ => "(nothing readable)",
    };

    /// <summary>
    /// Attributes are case-sensitive: <c>Scale_Factor</c> would not be packing for any reader, although it was meant as such.
    /// </summary>
    internal static void RefuseOtherCase(string path, NetCdfVariable variable, string name)
    {
        if (variable.Attributes.Keys.FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } other)
        {
            throw Of(path, variable, other, "is spelled in a way that readers ignore", $"the name {name}");
        }
    }
}
