namespace Cairn.Storage.State;

/// <summary>Where a sharded array stands in its state: a field of its own, or one entry of a field that is a dictionary.</summary>
/// <param name="StateId">The state.</param>
/// <param name="Field">The field's name on disk.</param>
/// <param name="Key">The entry's key; null for the field itself.</param>
internal sealed record ShardName(string StateId, string Field, string? Key)
{
    /// <summary>The array with this name in a state's fields; null if there is none.</summary>
    public ArrayPayload? In(IReadOnlyDictionary<string, Payload> fields) => (fields.GetValueOrDefault(Field), Key) switch
    {
        (ArrayPayload array, null) => array,
        (DictPayload map, { } key) => map.Items.GetValueOrDefault(key) as ArrayPayload,
        _ => null,
    };

    /// <summary>Every array of a state that stands where a shard can.</summary>
    public static IEnumerable<(ShardName Name, ArrayPayload Array)> All(StatePayload state)
    {
        foreach (var (field, payload) in state.Fields)
        {
            if (payload is ArrayPayload array)
            {
                yield return (new ShardName(state.StateId, field, null), array);
            }

            foreach (var (key, item) in payload is DictPayload map ? map.Items : new Dictionary<string, Payload>())
            {
                if (item is ArrayPayload entry)
                {
                    yield return (new ShardName(state.StateId, field, key), entry);
                }
            }
        }
    }

    /// <summary>As manifests hold it: <c>state_id.field</c> or <c>state_id.field.key</c>.</summary>
    public override string ToString() => Key is null ? $"{StateId}.{Field}" : $"{StateId}.{Field}.{Key}";
}
