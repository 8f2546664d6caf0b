using System.Globalization;

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
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers.Count > 0 ? numbers : null;
    }
}
