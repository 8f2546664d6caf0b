using System.Runtime.CompilerServices;
using Cairn.Hocon.Syntax;
using Cairn.Hocon.Values;

namespace Cairn.Hocon.Resolution;

/// <summary>Resolves the layered tree lazily: a substitution takes the final value at its path, and where that leads back to a definition
/// in progress, looks at the definitions below it, as the specification asks.</summary>
internal sealed class Resolver(ObjectNode root, HoconOptions options)
{
    // Substitutions may chain this far; the execution stack is checked too.
    private const int MaxChain = 256;

    private readonly FieldNode _root = RootField(root);
    private readonly Stack<(FieldNode Field, int Layer)> _inProgress = new();
    private readonly Joiner _joiner = new(options);

    // The outermost definition in progress that a lookup ran into since the current definition was begun: what it found holds only while
    // that one is in progress, and must not be remembered.
    private int _outermostTouched = int.MaxValue;
    private int _work;

    public HoconObject ResolveRoot()
        => (HoconObject)(Resolve(_root, 1).Value ?? throw new InvalidOperationException("The root object resolved to nothing."));

    private static FieldNode RootField(ObjectNode root)
    {
        var field = new FieldNode();
        field.Add(new Layer(root, false));
        return field;
    }

    // The value of a field's oldest definitions, the newest of them on top.
    private Outcome Resolve(FieldNode field, int layers)
    {
        var result = Outcome.Nothing;
        for (var i = layers - 1; i >= 0 && !result.Hides; i--)
            result = result.Over(ResolveLayer(field, i));

        return result;
    }

    private Outcome ResolveLayer(FieldNode field, int index)
    {
        var layer = field.Layers[index];
        if (layer.Memo is { } known)
            return known;

        CheckLimits(layer.Value.Origin);
        var outer = _outermostTouched;
        _outermostTouched = int.MaxValue;
        var depth = _inProgress.Count;
        var result = ResolveNode(field, index, layer);
        if (_outermostTouched >= depth)
            layer.Memo = result;

        _outermostTouched = Math.Min(outer, _outermostTouched);
        return result;
    }

    private Outcome ResolveNode(FieldNode field, int index, Layer layer)
    {
        switch (layer.Value)
        {
            case ScalarNode scalar:
                return Outcome.Of(scalar.Value);
            case ObjectNode holder:
                return ResolveObject(holder);
            case ArrayNode array:
                return ResolveArray(array);
        }

        _inProgress.Push((field, index));
        var result = layer.Value is JoinNode join ? ResolveJoin(join) : Look((SubstitutionNode)layer.Value);
        _inProgress.Pop();
        if (layer.MustBeObject && result.Value is not null and not HoconObject)
            throw new HoconException(layer.Value.Origin, "a substitution next to an object, which is not an object itself", "an object");

        return result;
    }

    private Outcome ResolveObject(ObjectNode holder)
    {
        var fields = new List<KeyValuePair<string, HoconValue>>();
        foreach (var (key, field) in holder.Fields)
        {
            var result = ResolveWhole(field);
            if (result.IsCycle)
                return result;

            if (result.Value is { } value)
                fields.Add(KeyValuePair.Create(key, value));
        }

        return Checked(new HoconObject(holder.Origin, fields));
    }

    private Outcome ResolveArray(ArrayNode array)
    {
        var items = new List<HoconValue>();
        foreach (var item in array.Items)
        {
            var result = ResolveWhole(item);
            if (result.IsCycle)
                return result;

            if (result.Value is { } value)
                items.Add(value);
        }

        return Checked(new HoconArray(array.Origin, items));
    }

    // An object or array that is wanted whole while a part of it is in progress would have to contain itself.
    private Outcome ResolveWhole(FieldNode field)
        => Limit(field) == field.Layers.Count ? Resolve(field, field.Layers.Count) : Outcome.Cycle;

    private Outcome ResolveJoin(JoinNode join)
    {
        var parts = new List<HoconValue?>();
        foreach (var part in join.Parts)
        {
            var result = part switch
            {
                SubstitutionNode substitution => Look(substitution),
                ArrayNode array => ResolveArray(array),
                ScalarNode scalar => Outcome.Of(scalar.Value),
                SpaceNode space => Outcome.Of(Joiner.Space(space)),
                _ => throw new InvalidOperationException($"A {part.GetType().Name} cannot be joined."),
            };
            if (result.IsCycle)
                return result;

            parts.Add(result.Value);
        }

        return _joiner.Join(join.Origin, parts) is { } value ? Checked(value) : Outcome.Nothing;
    }

    private Outcome Look(SubstitutionNode substitution)
    {
        CheckLimits(substitution.Origin);
        var result = Find(substitution);
        if (result.Value is not null || substitution.Optional)
            return result.Value is null ? Outcome.Nothing : result;

        var found = result.IsCycle
            ? $"{substitution.Display}, which leads back to itself"
            : $"{substitution.Display}, which is not defined";
        const string expected = "the path of a value or an environment variable (or ${?...} if it may be missing)";
        throw new HoconException(substitution.Origin, found, expected);
    }

    private Outcome Find(SubstitutionNode substitution)
    {
        if (substitution.Anchor is { } anchor)
            return Descend(anchor, [.. substitution.Path], 0);

        var result = Outcome.Nothing;
        foreach (var prefix in substitution.Prefixes.Append([]))
        {
            result = Descend(_root, [.. prefix, .. substitution.Path], 0);
            if (result.Value is not null)
                return result;
        }

        if (substitution.Path is not [var name] || result.IsCycle || options.Environment(name) is not { } text)
            return result;

        var origin = new HoconOrigin($"environment variable {name}", 0, 0, null);
        return Outcome.Of(new HoconScalar(origin, HoconScalarKind.Text, text));
    }

    // What is at the rest of a path below a field; only what lies on the path is resolved.
    private Outcome Descend(FieldNode field, string[] path, int at)
    {
        var layers = Limit(field);
        if (at == path.Length)
            return Resolve(field, layers);

        var result = Outcome.Nothing;
        for (var i = layers - 1; i >= 0 && !result.Hides; i--)
            result = result.Over(DescendLayer(field, i, path, at));

        return result;
    }

    private Outcome DescendLayer(FieldNode field, int index, string[] path, int at)
    {
        if (field.Layers[index].Value is ObjectNode holder)
            return holder.Fields.TryGetValue(path[at], out var child) ? Descend(child, path, at + 1) : Outcome.Nothing;

        var result = ResolveLayer(field, index);
        for (; at < path.Length && result.Value is HoconObject inner; at++)
            result = inner.TryGet(path[at], out var next) ? Outcome.Of(next) : Outcome.Nothing;

        return at == path.Length || result.Value is null ? result : Outcome.Hidden;
    }

    // How many of a field's definitions a lookup may use: those below the one in progress.
    private int Limit(FieldNode field)
    {
        var layers = field.Layers.Count;
        var depth = _inProgress.Count;
        foreach (var (busy, layer) in _inProgress)
        {
            depth--;
            if (ReferenceEquals(busy, field))
            {
                layers = Math.Min(layers, layer);
                _outermostTouched = Math.Min(_outermostTouched, depth);
            }
        }

        return layers;
    }

    private Outcome Checked(HoconValue value)
    {
        _work += value switch { HoconArray array => array.Items.Count, HoconObject holder => holder.Keys.Count, _ => 1 };
        var expected = $"at most {options.MaxDepth} levels of objects and arrays";
        return value.Depth <= options.MaxDepth + 1
            ? Outcome.Of(value)
            : throw new HoconException(value.Origin, "a value nested too deeply", expected);
    }

    private void CheckLimits(HoconOrigin origin)
    {
        if (++_work > options.MaxWork)
            throw new HoconException(origin, "substitutions that multiply without end", $"at most {options.MaxWork} values in all");

        if (_inProgress.Count > MaxChain || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new HoconException(origin, "a chain of substitutions that is too long", $"at most {MaxChain} that lead to one another");
    }
}

/// <summary>Joins the resolved parts of a value: texts into a text, arrays into an array, objects into an object.</summary>
internal sealed class Joiner(HoconOptions options)
{
    private static readonly HoconOrigin SpaceOrigin = new("white space between parts", 0, 0, null);

    /// <summary>White space as a part that gives way to arrays and objects.</summary>
    public static HoconScalar Space(SpaceNode space) => new(SpaceOrigin, HoconScalarKind.Text, space.Text);

    /// <summary>The joined value, or null when every part was an undefined optional substitution.</summary>
    public HoconValue? Join(HoconOrigin origin, IReadOnlyList<HoconValue?> parts)
    {
        var values = parts.Where(p => p is not null && !IsSpace(p)).Select(p => p!).ToList();
        return values switch
        {
            [] => null,
            _ when values.All(v => v is HoconScalar) => Text(origin, parts),
            _ when values.All(v => v is HoconArray) => Array(origin, values),
            _ when values.All(v => v is HoconObject) => values.Cast<HoconObject>().Aggregate((under, over) => over.Over(under)),
            _ => throw Mixed(origin, values),
        };
    }

    private HoconScalar Text(HoconOrigin origin, IReadOnlyList<HoconValue?> parts)
    {
        var texts = parts.Select(p => (p as HoconScalar)?.Text ?? "").ToList();
        CheckLength(origin, texts.Sum(t => (long)t.Length), "characters");
        return new HoconScalar(origin, HoconScalarKind.Text, string.Concat(texts));
    }

    private HoconArray Array(HoconOrigin origin, List<HoconValue> values)
    {
        CheckLength(origin, values.Sum(v => (long)((HoconArray)v).Items.Count), "elements");
        return new HoconArray(origin, [.. values.SelectMany(v => ((HoconArray)v).Items)]);
    }

    private void CheckLength(HoconOrigin origin, long length, string unit)
    {
        if (length > options.MaxWork)
            throw new HoconException(origin, $"a joined value of {length} {unit}", $"at most {options.MaxWork}");
    }

    private static bool IsSpace(HoconValue value) => ReferenceEquals(value.Origin, SpaceOrigin);

    private static HoconException Mixed(HoconOrigin origin, List<HoconValue> values)
    {
        var kinds = values.Select(v => v switch { HoconArray => "an array", HoconObject => "an object", _ => "a text" }).Distinct();
        var found = $"{string.Join(" and ", kinds)} joined in one value";
        return new HoconException(origin, found, "parts of one kind, or a comma between them");
    }
}

/// <summary>What came of resolving something: a value, or the reason why there is none.</summary>
internal sealed record Outcome(HoconValue? Value, bool Hides, bool IsCycle)
{
    /// <summary>Nothing here: the layer below is used.</summary>
    public static readonly Outcome Nothing = new(null, false, false);

    /// <summary>There is something on the way that is no object, so that nothing below can show through.</summary>
    public static readonly Outcome Hidden = new(null, true, false);

    /// <summary>The value would contain itself.</summary>
    public static readonly Outcome Cycle = new(null, true, true);

    public static Outcome Of(HoconValue value) => new(value, value is not HoconObject, false);

    /// <summary>This over the layer below.</summary>
    public Outcome Over(Outcome below)
    {
        if (Value is HoconObject upper && below.Value is HoconObject lower)
            return Of(upper.Over(lower));

        // A non-object below an object is hidden by it, and then hides all the rest.
        return Value is null && !Hides ? below : this with { Hides = Hides || below.Hides, IsCycle = IsCycle || below.IsCycle };
    }
}
