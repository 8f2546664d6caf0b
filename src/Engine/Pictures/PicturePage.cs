using System.Net;
using System.Reflection;

namespace Cairn.Engine.Pictures;

/// <summary>Puts data into the page's template. Marks of the template are filled in one pass, so that nothing within the data is ever taken
/// for a mark.</summary>
internal static class PicturePage
{
    /// <summary>What every picture begins with; only a file that does is ever replaced.</summary>
    public const string Mark = "<!doctype html>\n<!-- A picture of forecast fields, drawn by Cairn. -->\n";

    private const string Open = "/*{";
    private const string Close = "}*/";
    private static readonly string[] Scripts =
    [
        "theme.js", "decode.js", "scale.js", "mesh.js", "projection.js", "layers.js", "map.js", "spaghetti.js", "scores.js", "page.js",
        "controls.js",
    ];

    /// <summary>All of its scripts, in order.</summary>
    public static string Script => string.Join('\n', Scripts.Select(Resource));

    /// <summary>The part of it that knows light and dark.</summary>
    public static string Theme => Resource("theme.js");

    public static string Style => Resource("page.css");

    public static byte[] Fill(string title, JsonObject facts, IReadOnlyList<byte[]> blocks)
    {
        var page = new StringBuilder(Mark);
        var rest = Resource("template.html").AsSpan();
        for (var at = rest.IndexOf(Open, StringComparison.Ordinal); at >= 0; at = rest.IndexOf(Open, StringComparison.Ordinal))
        {
            var end = rest.IndexOf(Close, StringComparison.Ordinal);
            page.Append(rest[..at]);
            Append(page, rest[(at + Open.Length)..end].ToString(), title, facts, blocks);
            rest = rest[(end + Close.Length)..];
        }
        return Encoding.UTF8.GetBytes(page.Append(rest).ToString());
    }

    private static void Append(StringBuilder page, string mark, string title, JsonObject facts, IReadOnlyList<byte[]> blocks)
    {
        switch (mark)
        {
            case "title":
                page.Append(WebUtility.HtmlEncode(title));
                break;
            case "style":
                page.Append(Style);
                break;
            case "facts":
                // The default encoder leaves no <, > or & in any text.
                page.Append(facts.ToJsonString());
                break;
            case "coastline":
                page.Append(Resource("coastline.json").ReplaceLineEndings(""));
                break;
            case "blocks":
                for (var i = 0; i < blocks.Count; i++)
                {
                    page.Append(FormattableString.Invariant($"<script type=\"text/plain\" id=\"block-{i}\">"));
                    page.Append(Convert.ToBase64String(blocks[i])).Append("</script>\n");
                }

                break;
            case "script":
                page.Append(Script);
                break;
            default:
                throw new InvalidOperationException($"template.html has a mark '{mark}' that nothing fills.");
        }
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"picture.{name}")
            ?? throw new InvalidOperationException($"The picture's {name} is not in the assembly.");
        return new StreamReader(stream, Encoding.UTF8).ReadToEnd();
    }
}
