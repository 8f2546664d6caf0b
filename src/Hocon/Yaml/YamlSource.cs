using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Hocon.Syntax;
using Cairn.Hocon.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cairn.Hocon.Yaml;

/// <summary>Reads YAML into the tree that HOCON is read into, so that overrides and lines of errors are the same. Scalars have the types of
/// YAML 1.2's core schema (<c>yes</c> and <c>06:15</c> are texts), and a plain key with dots is a path. Anchors, aliases and merge keys
/// (<c>&lt;&lt;</c>) work; several documents, tags but for the core ones, keys that are no text, and <c>${ }</c> are errors.</summary>
internal sealed partial class YamlSource(HoconOrigin start, HoconOptions options)
{
    private readonly Dictionary<AnchorName, Node> _anchors = [];
    private int _work;

    /// <summary>The document's root.</summary>
    /// <exception cref="HoconException">It is not YAML, or not a single mapping.</exception>
    public ObjectNode Document(string text)
    {
        using var reader = new StringReader(text);
        var parser = new YamlDotNet.Core.Parser(reader);
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return new ObjectNode(start);

            parser.Consume<DocumentStart>();
            var root = Value(parser, 0);
            parser.Consume<DocumentEnd>();
            if (parser.Current is DocumentStart another)
                throw new HoconException(At(another.Start), "another document", "one document: the end of the text");

            return root switch
            {
                ObjectNode fields => fields,
                ScalarNode { Value.IsNull: true } => new ObjectNode(start),
                _ => throw new HoconException(root.Origin, "a text or a list at the root", "a mapping: keys with values"),
            };
        }
        catch (YamlException e)
        {
            var mark = e.Start.Line > 1 || parser.Current is not { } last ? e.Start : last.End;
            throw NotYaml(mark, e.InnerException?.Message ?? e.Message, e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // What this parser throws at some unclosed brackets, and at a tag that is not a URI.
            throw NotYaml(parser.Current?.End ?? Mark.Empty, e is ArgumentException ? "a malformed tag" : "brackets that do not match", e);
        }
    }

    private Node Value(IParser parser, int depth)
    {
        var at = At(parser.Current!.Start);
        if (depth > options.MaxDepth)
            throw new HoconException(at, "values that nest deeper", $"at most {options.MaxDepth} levels");

        Count(at);
        return parser.Current switch
        {
            Scalar scalar => Anchored(scalar, Scalar(parser.Consume<Scalar>(), at)),
            SequenceStart => Sequence(parser, at, depth),
            MappingStart => Mapping(parser, at, depth),
            AnchorAlias => Aliased(parser.Consume<AnchorAlias>(), at),
            var other => throw new HoconException(at, $"{other}", "a value"),
        };
    }

    private ObjectNode Mapping(IParser parser, HoconOrigin at, int depth)
    {
        var opened = parser.Consume<MappingStart>();
        CheckTag(opened, "map", at);
        var (own, merged, seen) = (new ObjectNode(at), new ObjectNode(at), new HashSet<string>());
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var place = At(parser.Current!.Start);
            if (!parser.TryConsume<Scalar>(out var key))
                throw new HoconException(place, "a key that is not text", "a text for a key");

            if (!seen.Add(key.Value))
                throw new HoconException(place, $"the key {key.Value} a second time", "each key once in a mapping");

            var value = Value(parser, depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                Merge(value, merged);
                continue;
            }

            var path = Path(key, place);
            var holder = path.SkipLast(1).Aggregate(own, (above, name) => above.Field(name).NewestObject(place));
            holder.Field(path[^1]).Add(new Layer(value, false));
        }

        // What the mapping says itself goes before what it takes over.
        own.MergeInto(merged);
        return Anchored(opened, merged);
    }

    private ArrayNode Sequence(IParser parser, HoconOrigin at, int depth)
    {
        var opened = parser.Consume<SequenceStart>();
        CheckTag(opened, "seq", at);
        var items = new List<FieldNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            var item = new FieldNode();
            item.Add(new Layer(Value(parser, depth + 1), false));
            items.Add(item);
        }

        return Anchored(opened, new ArrayNode(at, items));
    }

    private Node Aliased(AnchorAlias alias, HoconOrigin at) => _anchors.TryGetValue(alias.Value, out var known)
        ? Copy(known)
        : throw new HoconException(at, $"*{alias.Value}", $"an alias of an anchor above it: nothing is marked &{alias.Value}");

    private static void Merge(Node value, ObjectNode into)
    {
        switch (value)
        {
            case ObjectNode fields:
                fields.MergeInto(into);
                break;
            case ArrayNode { Items: var items } when items.All(i => i.Layers[^1].Value is ObjectNode):
                // Of several, the first has the last word.
                foreach (var item in items.Reverse())
                    ((ObjectNode)item.Layers[^1].Value).MergeInto(into);

                break;
            default:
                throw new HoconException(value.Origin, "a value of << that is not a "
                    + "mapping", "a mapping, or a list of them: <<: *defaults");
        }
    }

    /// <summary>A tree of its own: what is set on top of one place must not show in another.</summary>
    private Node Copy(Node node)
    {
        Count(node.Origin);
        switch (node)
        {
            case ObjectNode fields:
                var copy = new ObjectNode(fields.Origin);
                foreach (var (key, field) in fields.Fields)
                    Copy(field, copy.Field(key));

                return copy;
            case ArrayNode array:
                return new ArrayNode(array.Origin, [.. array.Items.Select(item =>
                {
                    var one = new FieldNode();
                    Copy(item, one);
                    return one;
                })]);
            default:
                return node;
        }
    }

    private void Copy(FieldNode field, FieldNode into) =>
        into.Layers.AddRange(field.Layers.Select(layer => new Layer(Copy(layer.Value), layer.MustBeObject)));

    private T Anchored<T>(NodeEvent marked, T node) where T : Node
    {
        if (!marked.Anchor.IsEmpty)
            _anchors[marked.Anchor] = node;

        return node;
    }

    private static ScalarNode Scalar(Scalar scalar, HoconOrigin at)
    {
        CheckTag(scalar, "str", at);
        if (scalar.Style != ScalarStyle.SingleQuoted && scalar.Value.Contains("${", StringComparison.Ordinal))
            throw new HoconException(at, $"a substitution in {scalar.Value}",
                "the value itself (only HOCON has substitutions), or '…' if the characters are meant");

        var isText = scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty;
        var kind = isText ? HoconScalarKind.Text : Kind(scalar.Value);
        return new ScalarNode(new HoconScalar(at, kind, kind switch
        {
            HoconScalarKind.Null => "null",
            HoconScalarKind.Boolean => scalar.Value.ToLowerInvariant(),
            HoconScalarKind.Number => Number(scalar.Value),
            _ => scalar.Value,
        }));
    }

    /// <summary>YAML 1.2.2, 10.3.2, the core schema.</summary>
    private static HoconScalarKind Kind(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => HoconScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => HoconScalarKind.Boolean,
        _ => DecimalNumber().IsMatch(plain) || OtherInteger().IsMatch(plain) ? HoconScalarKind.Number : HoconScalarKind.Text,
    };

    /// <summary>A number as JSON writes it, its digits kept where they can be.</summary>
    private static string Number(string plain)
    {
        if (OtherInteger().IsMatch(plain) && plain.Length <= 17)
            return Convert.ToUInt64(plain[2..], plain[1] == 'x' ? 16 : 8).ToString(CultureInfo.InvariantCulture);

        var match = DecimalNumber().Match(plain);
        var (whole, part) = (match.Groups["whole"].Value.TrimStart('0'), match.Groups["part"].Value);
        var number = $"{(whole.Length == 0 ? "0" : whole)}{(part.Length > 1 ? part : "")}{match.Groups["power"].Value}";
        return match.Groups["sign"].Value == "-" ? $"-{number}" : number;
    }

    private static string[] Path(Scalar key, HoconOrigin place)
    {
        string[] path = key.Style == ScalarStyle.Plain ? key.Value.Split('.') : [key.Value];
        return path.Contains("") && path.Length > 1
            ? throw new HoconException(place, $"the key {key.Value}", "a name before and after each dot, or quotes if the dot is part of "
                + "it")
            : path;
    }

    private static void CheckTag(NodeEvent value, string plain, HoconOrigin at)
    {
        if (!value.Tag.IsEmpty && value.Tag.Value != $"tag:yaml.org,2002:{plain}" && value.Tag.Value != "!")
            throw new HoconException(at, $"a value of the type {value.Tag.Value}", "a value without a tag: its form tells its type");
    }

    private void Count(HoconOrigin at)
    {
        if (++_work > options.MaxWork)
            throw new HoconException(at, "more values, aliases expanded", $"at most {options.MaxWork}");
    }

    private HoconOrigin At(Mark mark) => start with { Line = (int)mark.Line, Column = (int)mark.Column };

    private HoconException NotYaml(Mark mark, string why, Exception cause) => new(
        At(mark), $"text that is not YAML ({why.TrimEnd('.')})", "YAML: keys, each with a colon, a blank and a value", cause);

    [GeneratedRegex(
        @"\A(?<sign>[-+]?)(?=\.?[0-9])(?<whole>[0-9]*)(?<part>(\.[0-9]*)?)(?<power>([eE][-+]?[0-9]+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalNumber();

    [GeneratedRegex(@"\A0(o[0-7]{1,21}|x[0-9a-fA-F]{1,16})\z", RegexOptions.CultureInvariant)]
    private static partial Regex OtherInteger();
}
