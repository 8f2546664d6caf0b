using Cairn.Hocon.Values;

namespace Cairn.Hocon.Syntax;

/// <summary>A value as written, before substitutions are looked up.</summary>
internal abstract record Node(HoconOrigin Origin);

/// <summary>A text, number, boolean or null.</summary>
internal sealed record ScalarNode(HoconScalar Value) : Node(Value.Origin);

/// <summary>White space between the parts of a joined value: it counts only if they turn out to be texts.</summary>
internal sealed record SpaceNode(HoconOrigin Origin, string Text) : Node(Origin);

/// <summary>An array; each element is a field without a name, so that an element may be a merge of objects.</summary>
internal sealed record ArrayNode(HoconOrigin Origin, IReadOnlyList<FieldNode> Items) : Node(Origin);

/// <summary>Parts to be joined: texts and substitutions, or arrays and substitutions.</summary>
internal sealed record JoinNode(HoconOrigin Origin, IReadOnlyList<Node> Parts) : Node(Origin);

/// <summary>A substitution.</summary>
/// <param name="Path">The path as written, or, for <c>+=</c>, the path of the field itself.</param>
/// <param name="Prefixes">Where the including files put this one, innermost first: the path is tried below each of them, then bare.</param>
/// <param name="Anchor">The array element that a <c>+=</c> path starts from, or null for the root.</param>
internal sealed record SubstitutionNode(
    HoconOrigin Origin, IReadOnlyList<string> Path, bool Optional, IReadOnlyList<IReadOnlyList<string>> Prefixes, FieldNode? Anchor)
    : Node(Origin)
{
    public string Display => (Optional ? "${?" : "${") + string.Join('.', Path) + "}";
}

/// <summary>One definition of a field.</summary>
/// <param name="MustBeObject">Whether it stood beside an object, as in <c>${base} { x = 1 }</c>, so that nothing else will do.</param>
internal sealed record Layer(Node Value, bool MustBeObject)
{
    /// <summary>What it resolved to, once that depends on nothing in progress.</summary>
    public Resolution.Outcome? Memo { get; set; }
}

/// <summary>All definitions of a field, oldest first: the merge stack of the specification.</summary>
internal sealed class FieldNode
{
    public List<Layer> Layers { get; } = [];

    public void Add(Layer layer)
    {
        if (layer.Value is ObjectNode added && Layers.Count > 0 && Layers[^1].Value is ObjectNode last)
        {
            added.MergeInto(last);
            return;
        }

        Layers.Add(layer);
    }

    /// <summary>The object that further fields go into: the newest definition if it is one, or a new one.</summary>
    public ObjectNode NewestObject(HoconOrigin origin)
    {
        if (Layers.Count == 0 || Layers[^1].Value is not ObjectNode)
            Layers.Add(new Layer(new ObjectNode(origin), false));

        return (ObjectNode)Layers[^1].Value;
    }
}

/// <summary>An object as written.</summary>
internal sealed record ObjectNode(HoconOrigin Origin) : Node(Origin)
{
    public OrderedDictionary<string, FieldNode> Fields { get; } = new(StringComparer.Ordinal);

    public FieldNode Field(string key)
    {
        if (!Fields.TryGetValue(key, out var field))
        {
            field = new FieldNode();
            Fields.Add(key, field);
        }

        return field;
    }

    /// <summary>Puts these fields on top of another object's, as if they had been written there.</summary>
    public void MergeInto(ObjectNode target)
    {
        foreach (var (key, field) in Fields)
        {
            var into = target.Field(key);
            field.Layers.ForEach(into.Add);
        }
    }
}
