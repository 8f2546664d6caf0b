using System.Text;
using Cairn.Storage.Durable;

namespace Cairn.Engine.Chm;

/// <summary>
/// CHM's configurations are JSON with comments of both kinds of C. HOCON has those that end with the line; the others are blanked out here,
/// so that every line keeps its number.
/// </summary>
internal static class JsonComments
{
    /// <summary>Opens a file; of a JSON's the comments between <c>/*</c> and <c>*/</c> are blank. Null when there is none.</summary>
    public static Stream? OpenWithout(string path) => !PathFound.IsFile(path) ? null
        : path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? new MemoryStream(Encoding.UTF8.GetBytes(Blank(File.ReadAllText(path))), writable: false)
            : File.OpenRead(path);

    /// <summary>The text with comments between <c>/*</c> and <c>*/</c> replaced by blanks; an unfinished one reaches to the end.</summary>
    public static string Blank(string text)
    {
        var result = new StringBuilder(text);
        for (var at = 0; at < text.Length; at++)
        {
            var rest = text.AsSpan(at);
            var end = rest[0] == '"' ? at + StringLength(rest)
                : rest.StartsWith("//") || rest[0] == '#' ? at + Length(rest, "\n", 0)
                : rest.StartsWith("/*") ? at + Length(rest, "*/", 2)
                : at + 1;
            if (rest.StartsWith("/*"))
            {
                for (var i = at; i < end; i++)
                {
                    result[i] = char.IsWhiteSpace(text[i]) ? text[i] : ' ';
                }
            }

            at = end - 1;
        }

        return result.ToString();
    }

    private static int StringLength(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '"' or '\n':
                    return i + 1;
            }
        }

        return text.Length;
    }

    private static int Length(ReadOnlySpan<char> text, string end, int from) =>
        text[from..].IndexOf(end) is >= 0 and var at ? from + at + end.Length : text.Length;
}
