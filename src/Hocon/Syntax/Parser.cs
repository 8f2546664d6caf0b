namespace Cairn.Hocon.Syntax;

/// <summary>Parses one text into the layered tree that <see cref="Resolution.Resolver"/> resolves.</summary>
internal sealed class Parser(Cursor cursor, SourceLoader loader, IReadOnlyList<IReadOnlyList<string>> prefixes)
{
    // The path of the object being parsed, from the document's root or, inside an array, from the element.
    private readonly List<string> _path = [.. Innermost(prefixes)];
    private FieldNode? _anchor;
    private int _depth = Innermost(prefixes).Count;

    public ObjectNode Document()
    {
        cursor.SkipLines();
        if (cursor.Next == '[')
            throw cursor.Error("an object at the root (this reader takes no array there)");

        var root = cursor.Next == '{' ? Object() : Fields(new ObjectNode(cursor.Origin), null);
        cursor.SkipLines();
        return cursor.AtEnd ? root : throw cursor.Error("the end of the text after the root object's '}'");
    }

    private ObjectNode Object()
    {
        var opened = cursor.Origin;
        cursor.Take();
        Enter(1, opened);
        var holder = Fields(new ObjectNode(opened), opened);
        _depth--;
        return holder;
    }

    private ObjectNode Fields(ObjectNode into, HoconOrigin? opened)
    {
        while (true)
        {
            cursor.SkipLines();
            if (AtClose('}', opened))
                return into;

            Field(into);
            Separator('}');
        }
    }

    private bool AtClose(char close, HoconOrigin? opened)
    {
        if (cursor.AtEnd)
            return opened is null
                ? true
                : throw cursor.Error($"'{close}' for the bracket opened in line {opened.Line}, column {opened.Column}");

        if (cursor.Next != close || opened is null)
            return false;

        cursor.Take();
        return true;
    }

    private void Separator(char close)
    {
        var newline = cursor.SkipLines();
        if (cursor.Next == ',')
            cursor.Take();
        else if (!newline && !cursor.AtEnd && cursor.Next != close)
            throw cursor.Error($"a comma, a newline or '{close}'");
    }

    private void Field(ObjectNode into)
    {
        var origin = cursor.Origin;
        if (IncludeStatement.IsNext(cursor))
        {
            Include(into, origin);
            return;
        }

        var path = PathParser.Parse(cursor);
        cursor.SkipLines();
        var appends = cursor.TryTake("+=");
        if (!appends && !cursor.TryTake("=") && !cursor.TryTake(":") && cursor.Next != '{')
            throw cursor.Error($"'=', ':', '+=' or '{{' after the key {string.Join('.', path)}");

        cursor.SkipLines();
        var field = path.SkipLast(1).Aggregate(into, (at, key) => at.Field(key).NewestObject(origin)).Field(path[^1]);
        Enter(path.Count, origin);
        _path.AddRange(path);
        foreach (var layer in appends ? [Appended()] : new ValueParser(cursor, this).Value($"a value for {string.Join('.', path)}"))
            field.Add(layer);

        _path.RemoveRange(_path.Count - path.Count, path.Count);
        _depth -= path.Count;
    }

    // a += b is a = ${?a} [b].
    private Layer Appended()
    {
        var origin = cursor.Origin;
        string[] self = [.. _path];
        var item = Element();
        var before = new SubstitutionNode(origin, self, true, [], _anchor);
        return new Layer(new JoinNode(origin, [before, new ArrayNode(origin, [item])]), false);
    }

    private void Include(ObjectNode into, HoconOrigin origin)
    {
        var statement = IncludeStatement.Parse(cursor);
        if (_anchor is not null)
        {
            const string expected = "it in an object outside of arrays, where its substitutions can be resolved";
            throw new HoconException(origin, "an include inside an array", expected);
        }

        string[] here = [.. _path];
        loader.Include(statement, origin, [here, .. prefixes])?.MergeInto(into);
    }

    /// <summary>Parses the value at the cursor if it is an object, an array or a substitution.</summary>
    public Node? Structure() => cursor.Next switch
    {
        '{' => Object(),
        '[' => Array(),
        '$' => Substitution(),
        _ => null,
    };

    private ArrayNode Array()
    {
        var opened = cursor.Origin;
        cursor.Take();
        Enter(1, opened);
        var items = new List<FieldNode>();
        while (true)
        {
            cursor.SkipLines();
            if (AtClose(']', opened))
            {
                _depth--;
                return new ArrayNode(opened, items);
            }

            items.Add(Element());
            Separator(']');
        }
    }

    private FieldNode Element()
    {
        var element = new FieldNode();
        var (anchor, path) = (_anchor, _path.ToArray());
        _anchor = element;
        _path.Clear();
        new ValueParser(cursor, this).Value("an array element").ForEach(element.Add);
        _anchor = anchor;
        _path.AddRange(path);
        return element;
    }

    private SubstitutionNode Substitution()
    {
        var origin = cursor.Origin;
        if (!cursor.TryTake("${"))
            throw cursor.Error("a substitution ${path}, or the text in double quotes");

        var optional = cursor.TryTake("?");
        var path = PathParser.Parse(cursor);
        return cursor.TryTake("}")
            ? new SubstitutionNode(origin, path, optional, prefixes, null)
            : throw cursor.Error("'}' to close the substitution");
    }

    private static IReadOnlyList<string> Innermost(IReadOnlyList<IReadOnlyList<string>> prefixes) => prefixes.Count == 0 ? [] : prefixes[0];

    private void Enter(int levels, HoconOrigin origin)
    {
        _depth += levels;
        if (_depth > loader.Options.MaxDepth)
        {
            var expected = $"at most {loader.Options.MaxDepth} levels of objects and arrays";
            throw new HoconException(origin, "a value nested too deeply", expected);
        }
    }
}
