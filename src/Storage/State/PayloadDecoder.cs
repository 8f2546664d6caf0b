using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Storage.State;

/// <summary>Turns payloads into values of the types that properties declare. Nothing is assigned while decoding: assignments are gathered
/// and made at the end, so that a state is restored whole or left as it was.</summary>
/// <param name="factory">Makes tensors; without one, tensors come as <see cref="NdArray"/>.</param>
/// <param name="slice">Reads a part of the sharded field of that name, or of the entry under a key where the field is a dictionary; null
/// where no state can have any.</param>
internal sealed class PayloadDecoder(
    Func<StoredArray, NdArray> load, ITensorFactory? factory, Func<string, string?, DomainSlice, NdArray>? slice = null)
{
    private readonly List<(object Target, StateField Field, object? Value)> _assignments = [];

    /// <summary>Restores <paramref name="saved"/> into <paramref name="state"/>.</summary>
    /// <exception cref="CheckpointStateSchemaException">Type and payload differ.</exception>
    public void Restore(object state, StatePayload saved)
    {
        var schema = StateSchema.Of(state.GetType());
        SchemaComparison.Check(schema, saved.StateId, saved.SchemaHash, saved.Fields);
        Gather(state, schema, saved.Fields);
        foreach (var (target, field, value) in _assignments)
            field.Set(target, value);
    }

    /// <summary>The value in its natural C# type: lists as <c>List&lt;object?&gt;</c>, nested states as dictionaries.</summary>
    public object? Natural(Payload payload) => Decode(payload, typeof(object), null, payload.Kind);

    private void Gather(object target, StateSchema schema, IReadOnlyDictionary<string, Payload> saved)
    {
        foreach (var field in schema.Fields)
        {
            var current = field.Get(target);
            var (type, name) = (field.Type, $"{schema.StateId}.{field.Name}");
            var value = typeof(IShard).IsAssignableFrom(type) ? Part(field, null, saved[field.Name], current as IShard, name)
                : ShardMap.Is(type) ? Parts(field, saved[field.Name], current as IDictionary, name)
                : Decode(saved[field.Name], type, current, name);
            _assignments.Add((target, field, value));
        }
    }

    private object? Decode(Payload payload, Type type, object? current, string name) => payload switch
    {
        ScalarPayload scalar => ScalarConversion.To(scalar.Value, type, name),
        StoredArray stored => Array(stored.Kind, load(stored), type, current, name),
        CapturedArray captured => Array(captured.Kind, captured.Array, type, current, name),
        SequencePayload sequence => Sequence(sequence, type, name),
        DictPayload map => Dictionary(map.Items, type, name),
        DataclassPayload nested => Nested(nested, type, current, name),
        _ => throw new CheckpointSerializationException($"{name}: the payload kind '{payload.Kind}' cannot be restored."),
    };

    /// <summary>Only what the bound dictionary asks for is read: a commit may hold many more members than one reader wants.</summary>
    private IDictionary? Parts(StateField field, Payload payload, IDictionary? wanted, string name)
    {
        if (payload is ScalarPayload { Value: null })
            return null;

        var type = field.Type;
        if (payload is not DictPayload map || wanted is null)
            throw Mismatch(name, $"a {payload.Kind}", type,
                "; before binding, fill the dictionary with the keys and slices that this rank wants");

        var parts = (IDictionary)Activator.CreateInstance(wanted.GetType())!;
        foreach (DictionaryEntry entry in wanted)
        {
            var key = (string)entry.Key;
            var item = map.Items.GetValueOrDefault(key) ?? throw new DataException(
                $"{name} was saved without the requested entry '{key}'; it has {map.Items.Count}: {Some(map.Items.Keys)}. "
                + "Request only those, or use a session that has it.");
            parts.Add(key, Part(field, key, item, entry.Value as IShard, $"{name}['{key}']"));
        }

        return parts;
    }

    private static string Some(IEnumerable<string> keys) => string.Join(", ", keys.Take(9).Select((key, i) => i < 8 ? $"'{key}'" : "…"));

    private object? Part(StateField field, string? key, Payload payload, IShard? wanted, string name)
    {
        if (payload is ScalarPayload { Value: null })
            return null;

        if (wanted is null || slice is null || payload is not ArrayPayload array)
            throw Mismatch(name, $"a {payload.Kind}", field.Type,
                "; before binding, give the property a Shard whose Slice says which part this rank wants");

        return wanted.With(Array(array.Kind, slice(field.Name, key, wanted.Slice), wanted.ValueType, wanted.Value, name));
    }

    private object Array(string kind, NdArray array, Type type, object? current, string name)
    {
        if (factory is not null && (type.IsAssignableFrom(factory.TensorType) && (type != typeof(object) || kind == "tensor")))
            return factory.Create(array.DType.Name, array.Shape, array.Data.Span, current);

        return type.IsAssignableFrom(typeof(NdArray))
            ? array
            : throw Mismatch(name, $"a {kind}", type, factory is null ? "; give the checkpoint's options a TensorFactory" : "");
    }

    private object Sequence(SequencePayload sequence, Type type, string name)
    {
        var items = sequence.Items;
        if (type.IsArray && type.GetArrayRank() == 1)
        {
            var array = System.Array.CreateInstance(type.GetElementType()!, items.Count);
            Fill(items, type.GetElementType()!, name, array.SetValue);
            return array;
        }

        if (type == typeof(object) || type == typeof(ITuple) || type == typeof(PayloadTuple))
        {
            var values = items.Select((item, i) => Decode(item, typeof(object), null, Indexed(name, i))).ToArray();
            return sequence.Kind == "tuple" || type != typeof(object) ? new PayloadTuple(values) : values.ToList();
        }

        return typeof(ITuple).IsAssignableFrom(type) ? Tuple(items, type, name) : List(items, type, name);
    }

    private object Tuple(IReadOnlyList<Payload> items, Type type, string name)
    {
        var parts = type.GetGenericArguments();
        return parts.Length == items.Count && parts.Length < 8
            ? Activator.CreateInstance(type, [.. items.Select((item, i) => Decode(item, parts[i], null, Indexed(name, i)))])!
            : throw Mismatch(name, $"a tuple of {items.Count}", type);
    }

    private IList List(IReadOnlyList<Payload> items, Type type, string name)
    {
        var element = type.IsGenericType ? type.GetGenericArguments()[0] : typeof(object);
        var concrete = type.IsInterface ? typeof(List<>).MakeGenericType(element) : type;
        if (!type.IsAssignableFrom(concrete) || concrete.IsAbstract || concrete.GetConstructor([]) is null
            || Activator.CreateInstance(concrete) is not IList list)
        {
            throw Mismatch(name, "a list", type);
        }

        Fill(items, element, name, (value, _) => list.Add(value));
        return list;
    }

    private void Fill(IReadOnlyList<Payload> items, Type element, string name, Action<object?, int> put)
    {
        for (var i = 0; i < items.Count; i++)
            put(Decode(items[i], element, null, Indexed(name, i)), i);
    }

    private IDictionary Dictionary(IReadOnlyDictionary<string, Payload> items, Type type, string name)
    {
        var parts = type.IsGenericType ? type.GetGenericArguments() : [];
        var value = parts.Length == 2 ? parts[1] : typeof(object);
        var concrete = type.IsInterface || type == typeof(object) ? typeof(Dictionary<,>).MakeGenericType(typeof(string), value) : type;
        if (!type.IsAssignableFrom(concrete) || concrete.IsAbstract || concrete.GetConstructor([]) is null
            || Activator.CreateInstance(concrete) is not IDictionary map)
        {
            throw Mismatch(name, "a dict", type);
        }

        foreach (var (key, item) in items)
            map.Add(key, Decode(item, value, null, $"{name}['{key}']"));

        return map;
    }

    private object Nested(DataclassPayload nested, Type type, object? current, string name)
    {
        if (!StateSchema.IsState(type))
            return type.IsAssignableFrom(typeof(Dictionary<string, object?>))
                ? Dictionary(nested.Fields, typeof(Dictionary<string, object?>), name)
                : throw Mismatch(name, $"the state {nested.StateId}", type);

        var target = current ?? (type.GetConstructor([]) is null ? null : Activator.CreateInstance(type))
            ?? throw Mismatch(name, $"the state {nested.StateId}", type,
                "; give the property a value, or the class a constructor without parameters");
        var schema = StateSchema.Of(target.GetType());
        SchemaComparison.Check(schema, nested.StateId, nested.SchemaHash, nested.Fields);
        Gather(target, schema, nested.Fields);
        return target;
    }

    private static string Indexed(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]");

    private static CheckpointStateSchemaException Mismatch(string name, string found, Type type, string advice = "") =>
        new($"{name} was saved as {found} and cannot be restored into a property of type {type}{advice}.");
}

/// <summary>Restores a stored scalar into a property's type; a value that does not fit exactly is refused.</summary>
internal static class ScalarConversion
{
    public static object? To(object? value, Type type, string name)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null)
            return !type.IsValueType || target != type ? null : throw Refused(value, type, name);

        if (target.IsInstanceOfType(value))
            return value;

        try
        {
            return value switch
            {
                long or BigInteger => Integer(value is long small ? small : (BigInteger)value, target),
                double number when target == typeof(float) && Same(number, (float)number) => (object)(float)number,
                double number when target == typeof(Half) && Same(number, (double)(Half)number) => (object)(Half)number,
                DateTimeOffset aware when target == typeof(DateTime) => aware.UtcDateTime,
                DateTime naive when target == typeof(DateTimeOffset) => null,
                NumpyTimeDelta64 delta when target == typeof(TimeSpan) => delta.ToTimeSpan(),
                _ => null,
            } ?? throw Refused(value, type, name);
        }
        catch (OverflowException e)
        {
            throw new CheckpointStateSchemaException($"{name} was saved as {value}, which does not fit into {type}.", e);
        }
    }

    private static object? Integer(BigInteger value, Type target) => Type.GetTypeCode(target) switch
    {
        TypeCode.Int32 => checked((int)value),
        TypeCode.Int64 => checked((long)value),
        TypeCode.Int16 => checked((short)value),
        TypeCode.SByte => checked((sbyte)value),
        TypeCode.Byte => checked((byte)value),
        TypeCode.UInt16 => checked((ushort)value),
        TypeCode.UInt32 => checked((uint)value),
        TypeCode.UInt64 => checked((ulong)value),
        // Python lets an int stand in a float field; beyond 2^53 the double would be another number.
        TypeCode.Double when BigInteger.Abs(value) <= 1L << 53 => (double)value,
        TypeCode.Single when BigInteger.Abs(value) <= 1 << 24 => (float)value,
        _ => target == typeof(BigInteger) ? value : null,
    };

    private static bool Same(double stored, double narrowed) => stored.Equals(narrowed);

    private static CheckpointStateSchemaException Refused(object? value, Type type, string name) =>
        new($"{name} was saved as {PythonText.Repr(value)} ({value?.GetType().Name ?? "none"}) "
            + $"and does not fit a property of type {type} exactly.");
}
