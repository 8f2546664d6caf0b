using System.Text;

namespace Cairn.Hocon.Syntax;

/// <summary>Reads path expressions: keys, and what stands inside <c>${ }</c>.</summary>
internal static class PathParser
{
    /// <summary>Reads a path up to the first character that can be no part of one.</summary>
    public static IReadOnlyList<string> Parse(Cursor cursor)
    {
        var path = new List<string>();
        var element = new StringBuilder();
        var quoted = false;
        var start = cursor.Origin;
        while (true)
        {
            // Blank inside a key belongs to it ("a b c" is one key), but not at its end.
            var blank = cursor.TakeBlank();
            if (cursor.Next != '"' && !Texts.AtUnquoted(cursor))
                break;

            var isFirst = path.Count == 0 && element.Length == 0 && !quoted;
            element.Append(isFirst ? "" : blank);
            if (cursor.Next == '"')
            {
                element.Append(Texts.Quoted(cursor));
                quoted = true;
            }
            else
            {
                quoted = AddUnquoted(cursor, path, element, quoted);
            }
        }

        Close(path, element, quoted, start, cursor);
        return path;
    }

    private static bool AddUnquoted(Cursor cursor, List<string> path, StringBuilder element, bool quoted)
    {
        var origin = cursor.Origin;
        var pieces = cursor.TakeWhile(Texts.AtUnquoted).Split('.');
        element.Append(pieces[0]);
        foreach (var piece in pieces.Skip(1))
        {
            Close(path, element, quoted, origin, cursor);
            element.Clear().Append(piece);
            quoted = false;
        }

        return quoted;
    }

    private static void Close(List<string> path, StringBuilder element, bool quoted, HoconOrigin origin, Cursor cursor)
    {
        if (element.Length > 0 || quoted)
        {
            path.Add(element.ToString());
            return;
        }

        throw path.Count == 0 && !cursor.AtEnd && cursor.Next is not '=' and not ':'
            ? cursor.Error(cursor.Next == '$' ? "a key (substitutions cannot be used in keys)" : "a key")
            : new HoconException(origin, "an empty path element", "a name between the dots, or \"\" if an empty name is meant");
    }
}
