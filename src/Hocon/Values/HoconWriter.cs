using System.Globalization;
using System.Text;

namespace Cairn.Hocon.Values;

/// <summary>Renders a resolved value as HOCON that reads back as the same value; what it writes is JSON but for bare keys and root
/// braces.</summary>
public static class HoconWriter
{
    /// <summary>The value's text, indented by two, without a newline at the end.</summary>
    public static string Render(HoconValue value)
    {
        var text = new StringBuilder();
        Write(text, value, 0);
        return text.ToString();
    }

    /// <summary>A text in double quotes, escaped.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });

        return text.Append('"').ToString();
    }

    private static void Write(StringBuilder text, HoconValue value, int indent)
    {
        switch (value)
        {
            case HoconScalar { Kind: HoconScalarKind.Text } scalar:
                text.Append(Quote(scalar.Text));
                break;
            case HoconScalar scalar:
                text.Append(scalar.Text);
                break;
            case HoconArray array:
                WriteBlock(text, '[', ']', indent, array.Items, item => Write(text, item, indent + 1));
                break;
            case HoconObject holder:
                WriteBlock(text, '{', '}', indent, holder.Keys, key =>
                {
                    text.Append(Key(key)).Append(" = ");
                    Write(text, holder[key], indent + 1);
                });
                break;
        }
    }

    private static void WriteBlock<T>(StringBuilder text, char open, char close, int indent, IReadOnlyList<T> items, Action<T> write)
    {
        text.Append(open);
        foreach (var item in items)
        {
            text.Append('\n').Append(' ', 2 * (indent + 1));
            write(item);
        }

        if (items.Count > 0)
            text.Append('\n').Append(' ', 2 * indent);

        text.Append(close);
    }

    // "include" may not begin a bare key.
    private static string Key(string key)
        => key.Length > 0 && key != "include" && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : Quote(key);
}
