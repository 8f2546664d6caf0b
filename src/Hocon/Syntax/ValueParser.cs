using Cairn.Hocon.Values;

namespace Cairn.Hocon.Syntax;

/// <summary>Collects the parts of one value and joins what can be joined without looking anything up.</summary>
internal sealed class ValueParser(Cursor cursor, Parser parser)
{
    private readonly List<Node> _parts = [];
    private bool _isQuoted;

    /// <summary>Parses a value into the definitions that it amounts to: objects beside substitutions are merged, as definitions
    /// are.</summary>
    public List<Layer> Value(string expected)
    {
        var origin = cursor.Origin;
        Collect();
        if (_parts.Count == 0)
            throw cursor.Error(expected);

        if (_parts.Any(p => p is ObjectNode))
            return Merged();

        Check<ArrayNode>("an array");
        return [new Layer(_parts.Count == 1 ? _parts[0] : Joined(origin), false)];
    }

    private void Collect()
    {
        while (true)
        {
            var origin = cursor.Origin;
            var blank = cursor.TakeBlank();
            if (Part() is not { } part)
                return;

            if (blank.Length > 0 && _parts.Count > 0)
                _parts.Add(new SpaceNode(origin, blank));

            _parts.Add(part);
            RefuseCut(part);
        }
    }

    /// <summary>HOCON would take the rest of <c>/data//winds</c> or <c>${ROOT}//winds</c> for a comment, and the value for what stands
    /// before. Nobody means that, so it is refused; <c>x // a comment</c> and <c>1//a comment</c> are as HOCON has them.</summary>
    private void RefuseCut(Node part)
    {
        var isText = part is SubstitutionNode or ScalarNode { Value.Kind: HoconScalarKind.Text } && !_isQuoted;
        if (isText && cursor.StartsWith("//") && cursor.Peek(2) != '\0' && !Cursor.IsSpace(cursor.Peek(2)))
            throw new HoconException(
                cursor.Origin, "'//' within a text, which begins a comment",
                "double quotes around the text (\"/data//winds\"), or a space before the comment");
    }

    private Node? Part()
    {
        _isQuoted = false;
        if (cursor.AtEnd || cursor.AtComment || cursor.Next is '\n' or ',' or '}' or ']')
            return null;

        if (parser.Structure() is { } structure)
            return structure;

        var origin = cursor.Origin;
        _isQuoted = cursor.Next == '"';
        if (_isQuoted)
            return new ScalarNode(new HoconScalar(origin, HoconScalarKind.Text, Texts.Quoted(cursor)));

        var text = Texts.Unquoted(cursor);
        return text.Length == 0
            ? throw cursor.Error("a value (a text with this character in it goes in double quotes)")
            : new ScalarNode(new HoconScalar(origin, KindOf(text), text));
    }

    private static HoconScalarKind KindOf(string text) => text switch
    {
        "true" or "false" => HoconScalarKind.Boolean,
        "null" => HoconScalarKind.Null,
        _ => JsonNumber.Matches(text) ? HoconScalarKind.Number : HoconScalarKind.Text,
    };

    private List<Layer> Merged()
    {
        Check<ObjectNode>("an object");
        var many = _parts.Count > 1;
        return [.. _parts.Where(p => p is not SpaceNode).Select(p => new Layer(p, many))];
    }

    // Objects and arrays can stand beside their own kind and substitutions only.
    private void Check<T>(string what)
        where T : Node
    {
        if (_parts.Any(p => p is T) && _parts.FirstOrDefault(p => p is not T and not SubstitutionNode and not SpaceNode) is { } odd)
        {
            var expected = $"{what} or a substitution, or a comma or newline between them";
            throw new HoconException(odd.Origin, $"{Describe(odd)} beside {what}", expected);
        }
    }

    private static string Describe(Node node) => node switch
    {
        ObjectNode => "an object",
        ArrayNode => "an array",
        _ => "a text",
    };

    private Node Joined(HoconOrigin origin)
    {
        if (_parts.Any(p => p is SubstitutionNode or ArrayNode))
            return new JoinNode(origin, [.. _parts]);

        var text = string.Concat(_parts.Select(p => p is ScalarNode scalar ? scalar.Value.Text : ((SpaceNode)p).Text));
        return new ScalarNode(new HoconScalar(origin, HoconScalarKind.Text, text));
    }
}
