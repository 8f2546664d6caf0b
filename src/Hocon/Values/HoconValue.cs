using System.Diagnostics.CodeAnalysis;

namespace Cairn.Hocon.Values;

/// <summary>A resolved value: <see cref="HoconObject"/>, <see cref="HoconArray"/> or <see cref="HoconScalar"/>. Immutable.</summary>
public abstract class HoconValue
{
    private protected HoconValue(HoconOrigin origin, int depth)
    {
        Origin = origin;
        Depth = depth;
    }

    /// <summary>Where it was written; for a value that a substitution brought, where that value was written.</summary>
    public HoconOrigin Origin { get; }

    /// <summary>How deep it nests: 0 for a scalar.</summary>
    public int Depth { get; }
}

/// <summary>An array.</summary>
public sealed class HoconArray(HoconOrigin origin, IReadOnlyList<HoconValue> items)
    : HoconValue(origin, 1 + items.Select(i => i.Depth).DefaultIfEmpty(0).Max())
{
    /// <summary>The elements.</summary>
    public IReadOnlyList<HoconValue> Items { get; } = items;
}

/// <summary>An object. Keys keep the order in which they were first written.</summary>
public sealed class HoconObject : HoconValue
{
    private readonly Dictionary<string, HoconValue> _byKey;

    /// <summary>Makes an object of resolved values; a key given twice takes the last value and the first place.</summary>
    public HoconObject(HoconOrigin origin, IEnumerable<KeyValuePair<string, HoconValue>> fields)
        : this(origin, [.. fields]) { }

    private HoconObject(HoconOrigin origin, List<KeyValuePair<string, HoconValue>> fields)
        : base(origin, 1 + fields.Select(f => f.Value.Depth).DefaultIfEmpty(0).Max())
    {
        _byKey = new Dictionary<string, HoconValue>();
        var keys = new List<string>();
        foreach (var (key, value) in fields)
        {
            if (!_byKey.ContainsKey(key))
                keys.Add(key);

            _byKey[key] = value;
        }

        Keys = keys;
    }

    /// <summary>The keys, in order.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The value of a key.</summary>
    public HoconValue this[string key] => _byKey[key];

    /// <summary>The value of one key, which is not a path: dots have no meaning.</summary>
    public bool TryGet(string key, [MaybeNullWhen(false)] out HoconValue value) => _byKey.TryGetValue(key, out value);

    /// <summary>The value at a path of keys, or null where there is none.</summary>
    public HoconValue? Find(params ReadOnlySpan<string> path)
    {
        HoconValue? at = this;
        foreach (var key in path)
            at = at is HoconObject holder && holder.TryGet(key, out var next) ? next : null;

        return at;
    }

    /// <summary>This object's fields over another's: objects merge, anything else is replaced.</summary>
    public HoconObject Over(HoconObject under)
    {
        var fields = under.Keys.Select(k => KeyValuePair.Create(k, under[k])).ToList();
        foreach (var key in Keys)
        {
            var mine = this[key];
            var merged = mine is HoconObject upper && under.TryGet(key, out var theirs) && theirs is HoconObject lower
                ? upper.Over(lower)
                : mine;
            fields.Add(KeyValuePair.Create(key, merged));
        }

        return new HoconObject(Origin, fields);
    }
}
