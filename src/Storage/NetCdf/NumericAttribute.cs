namespace Cairn.Storage.NetCdf;

/// <summary>Reads numbers from an attribute of any type: numbers, text that spells them, one or several strings.</summary>
internal static class NumericAttribute
{
    private static readonly char[] Between = [' ', ',', '\t', '\n'];

    /// <summary>Its numbers, or null when the variable does not have it.</summary>
    /// <exception cref="DataException">It holds no numbers, or another count of them.</exception>
    internal static IReadOnlyList<double>? Find(string path, NetCdfVariable variable, string name, int? count = null)
    {
        if (!variable.Attributes.TryGetValue(name, out var attribute))
        {
            AttributeDefect.RefuseOtherCase(path, variable, name);
            return null;
        }

        var numbers = attribute.Numbers ?? Spelled(attribute.Text);
        return numbers is { Count: > 0 } && (count is null || numbers.Count == count)
            ? numbers
            : throw AttributeDefect.Of(
                path, variable, name, $"cannot be followed ({Found(attribute, numbers)})", count switch
                {
                    null => "numbers",
                    1 => "one number",
                    _ => $"{count} numbers",
                });
    }

    /// <summary>Its only number, finite, or null when the variable does not have it.</summary>
    internal static double? Single(string path, NetCdfVariable variable, string name) => Find(path, variable, name, 1) switch
    {
        null => null,
        [var number] when double.IsFinite(number) => number,
        _ => throw AttributeDefect.Of(path, variable, name, "cannot be followed", "a finite number"),
    };

    private static string Found(NetCdfAttribute attribute, IReadOnlyList<double>? numbers) =>
        numbers is not null ? $"{numbers.Count} numbers" : attribute.Text is null ? $"type {attribute.Type}" : "text that is not a number";

    private static List<double>? Spelled(string? text)
    {
        var numbers = new List<double>();
        foreach (var word in (text ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return null;

            numbers.Add(number);
        }

        return numbers.Count > 0 ? numbers : null;
    }
}

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

    /// <summary>Attributes are case-sensitive: <c>Scale_Factor</c> would not be packing for any reader, although it was meant as
    /// such.</summary>
    internal static void RefuseOtherCase(string path, NetCdfVariable variable, string name)
    {
        if (variable.Attributes.Keys.FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } other)
            throw Of(path, variable, other, "is spelled in a way that readers ignore", $"the name {name}");
    }
}

/// <summary>What the NetCDF User's Guide says of the types that numbers are stored in.</summary>
internal static class StoredType
{
    internal static bool IsFloating(NetCdfType type) => type is NetCdfType.Float or NetCdfType.Double;
    internal static bool IsInteger(NetCdfType type) => IsSigned(type) || IsUnsigned(type);

    internal static bool IsSigned(NetCdfType type) =>
        type is NetCdfType.SignedByte or NetCdfType.Int16 or NetCdfType.Int32 or NetCdfType.Int64;

    internal static bool IsUnsigned(NetCdfType type) =>
        type is NetCdfType.UnsignedByte or NetCdfType.UInt16 or NetCdfType.UInt32 or NetCdfType.UInt64;

    internal static int Bits(NetCdfType type) => type switch
    {
        NetCdfType.SignedByte or NetCdfType.UnsignedByte => 8,
        NetCdfType.Int16 or NetCdfType.UInt16 => 16,
        NetCdfType.Int64 or NetCdfType.UInt64 or NetCdfType.Double => 64,
        _ => 32,
    };

    /// <summary>What libnetcdf puts where a variable was never written (NC_FILL_SHORT and so on); bytes have none, every one being a
    /// value.</summary>
    internal static double? NeverWritten(NetCdfType type) => type switch
    {
        NetCdfType.Int16 => -32767,
        NetCdfType.UInt16 => 65535,
        NetCdfType.Int32 => -2147483647,
        NetCdfType.UInt32 => 4294967295,
        NetCdfType.Int64 => -9223372036854775806,
        NetCdfType.UInt64 => 18446744073709551614,
        NetCdfType.Float or NetCdfType.Double => 9.9692099683868690e+36,
        _ => null,
    };
}
