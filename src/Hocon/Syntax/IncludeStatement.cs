namespace Cairn.Hocon.Syntax;

/// <summary>An include statement.</summary>
internal sealed record IncludeStatement(string Name, bool Required, HoconOrigin NameOrigin)
{
    private const string Word = "include";

    /// <summary>Whether the key at the cursor begins with the bare word.</summary>
    public static bool IsNext(Cursor cursor)
    {
        if (!cursor.StartsWith(Word))
            return false;

        var after = cursor.Peek(Word.Length);
        return after is '"' or '=' or ':' or '{' or '+' or '\0' or '#' || Cursor.IsSpace(after);
    }

    /// <summary>Parses the statement, the cursor being on its first word.</summary>
    public static IncludeStatement Parse(Cursor cursor)
    {
        cursor.TryTake(Word);
        cursor.SkipLines();
        var required = TryOpen(cursor, "required");
        var file = TryOpen(cursor, "file");
        if (cursor.StartsWith("url(") || cursor.StartsWith("classpath("))
        {
            const string expected = "a file: include \"name\", file(\"name\") or required(\"name\")";
            throw new HoconException(cursor.Origin, "url() or classpath()", expected);
        }

        var origin = cursor.Origin;
        if (cursor.Next != '"')
            throw cursor.Error("a quoted file name after include (a key of that name goes in double quotes)");

        var name = Texts.Quoted(cursor);
        Close(cursor, file);
        Close(cursor, required);
        if (name.Contains("://", StringComparison.Ordinal))
            throw new HoconException(origin, $"the URL {name}", "a file: this reader includes nothing from the network");

        return name.Length > 0 && !name.Contains('\0', StringComparison.Ordinal)
            ? new IncludeStatement(name, required, origin)
            : throw new HoconException(origin, "an empty or impossible file name", "a file's name");
    }

    private static bool TryOpen(Cursor cursor, string word)
    {
        if (!cursor.TryTake(word + "("))
            return false;

        cursor.SkipLines();
        return true;
    }

    private static void Close(Cursor cursor, bool open)
    {
        if (!open)
            return;

        cursor.SkipLines();
        if (!cursor.TryTake(")"))
            throw cursor.Error("')' after the file's name");
    }
}
