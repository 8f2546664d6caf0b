namespace Cairn.Storage.State;

/// <summary>A field that is cut across ranks: this rank's part, and where it lies in the whole. On disk it is a plain array or tensor of
/// the part; the place goes to the rank's manifest. Before a state is restored, the property's shard says which part this rank wants, and
/// need hold no value: a session may have been written by another number of ranks. A property may also be a <c>Dictionary&lt;string,
/// Shard&lt;T&gt;&gt;</c>, whose entries are such fields, each for itself: filled before a restore, it says which of them are
/// wanted.</summary>
/// <typeparam name="T"><c>NdArray</c>, or the tensor type that the checkpoint's factory makes.</typeparam>
/// <param name="Slice">The part's place in the global domain.</param>
/// <param name="Value">The part, of the slice's shape; null only until it is restored or computed.</param>
public sealed record Shard<T>(DomainSlice Slice, T? Value = null) : IShard where T : class
{
    object? IShard.Value => Value;

    Type IShard.ValueType => typeof(T);

    object IShard.With(object value) => this with { Value = (T)value };
}

/// <summary>A shard of any type.</summary>
internal interface IShard
{
    DomainSlice Slice { get; }

    object? Value { get; }

    Type ValueType { get; }

    object With(object value);
}

/// <summary>Dictionaries of shards: one entry a part of one array, such as the state of one member.</summary>
internal static class ShardMap
{
    /// <summary>Whether a type is a dictionary from string to <see cref="Shard{T}"/>.</summary>
    public static bool Is(Type type) => typeof(System.Collections.IDictionary).IsAssignableFrom(type)
        && type.IsGenericType && type.GetGenericArguments() is [var key, var value]
        && key == typeof(string) && typeof(IShard).IsAssignableFrom(value);
}

/// <summary>A sharded field in a rank's manifest.</summary>
internal sealed record ShardPlace(Arrays.NpyDType DType, DomainSlice Slice);

/// <summary>Where a sharded array is in its state: a field of its own, or one entry of a field that is a dictionary.</summary>
internal sealed record ShardName(string StateId, string Field, string? Key)
{
    /// <summary>The array with this name in a state's fields; null if there is none.</summary>
    public ArrayPayload? In(IReadOnlyDictionary<string, Payload> fields) => (fields.GetValueOrDefault(Field), Key) switch
    {
        (ArrayPayload array, null) => array,
        (DictPayload map, { } key) => map.Items.GetValueOrDefault(key) as ArrayPayload,
        _ => null,
    };

    /// <summary>Every array of a state in a place where a shard can be.</summary>
    public static IEnumerable<(ShardName Name, ArrayPayload Array)> All(StatePayload state)
    {
        foreach (var (field, payload) in state.Fields)
        {
            if (payload is ArrayPayload array)
                yield return (new ShardName(state.StateId, field, null), array);

            foreach (var (key, item) in payload is DictPayload map ? map.Items : new Dictionary<string, Payload>())
            {
                if (item is ArrayPayload entry)
                    yield return (new ShardName(state.StateId, field, key), entry);
            }
        }
    }

    /// <summary>As manifests hold it: <c>state_id.field</c> or <c>state_id.field.key</c>.</summary>
    public override string ToString() => Key is null ? $"{StateId}.{Field}" : $"{StateId}.{Field}.{Key}";
}
