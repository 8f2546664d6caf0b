namespace Cairn.Storage.Arrays;

/// <summary>Reads the names of element types.</summary>
internal static class DTypeText
{
    private const int MaxTextBytes = 1 << 26;

    private static readonly (string Name, char Kind)[] Families =
        [("float", 'f'), ("int", 'i'), ("uint", 'u'), ("complex", 'c'), ("datetime", 'M'), ("timedelta", 'm')];

    private static readonly string[] Units = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];

    internal static NpyDType Parse(string text, out bool bigEndian)
    {
        bigEndian = text.StartsWith('>');
        var (body, unit) = SplitUnit(text);
        var type = body.Length > 0 && body[0] is '<' or '>' or '|' or '=' ? ParseCode(body[1..], text) : ParseName(body, text);
        if (unit is not null && type.Kind is not ('M' or 'm'))
            throw Refuse(text);

        return type with { Unit = unit is null or "generic" ? null : CheckedUnit(unit, text) };
    }

    private static NpyDType ParseName(string body, string text)
    {
        if (body is "bool" or "bool_")
            return NpyDType.Boolean;

        foreach (var (name, kind) in Families)
        {
            if (body.StartsWith(name, StringComparison.Ordinal) && Number(body.AsSpan(name.Length), out var bits) && bits % 8 == 0)
                return Checked(kind, bits / 8, text);
        }

        return ParseCode(body, text);
    }

    private static NpyDType ParseCode(string code, string text)
    {
        if (code.Length < 2 || !Number(code.AsSpan(1), out var size) || size == 0)
            throw Refuse(text);

        if (code[0] == 'U')
            return size <= MaxTextBytes / 4 ? new NpyDType('U', size * 4) : throw Refuse(text);

        return Checked(code[0] == 'a' ? 'S' : code[0], size, text);
    }

    private static NpyDType Checked(char kind, int size, string text)
    {
        var known = kind switch
        {
            'b' => size == 1,
            'i' or 'u' => size is 1 or 2 or 4 or 8,
            'f' => size is 2 or 4 or 8,
            'c' => size is 8 or 16,
            'M' or 'm' => size == 8,
            'S' => size <= MaxTextBytes,
            _ => false,
        };
        return known ? new NpyDType(kind, size) : throw Refuse(text);
    }

    private static (string Body, string? Unit) SplitUnit(string text)
    {
        var open = text.IndexOf('[', StringComparison.Ordinal);
        return open < 0 || !text.EndsWith(']') ? (text, null) : (text[..open], text[(open + 1)..^1]);
    }

    private static string CheckedUnit(string unit, string text)
    {
        var name = unit.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var count = unit[..^name.Length];
        var known = Units.Contains(name, StringComparer.Ordinal) && (count.Length == 0 || (Number(count, out var n) && n > 0));
        return known ? (count == "1" ? name : unit) : throw Refuse(text);
    }

    private static bool Number(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static DataException Refuse(string text) => new(
        $"The element type '{text}' is not supported. Expected bool, int8 to int64, uint8 to uint64, float16, float32, float64, " +
        "complex64, complex128, fixed-width text (<U, |S), datetime64 or timedelta64 with its unit; " +
        "objects and structured types are refused.");
}
