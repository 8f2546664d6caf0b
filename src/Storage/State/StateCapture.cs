using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Storage.State;

/// <summary>The first half of writing: turns values into payload trees and copies every array and tensor to host memory, so that whatever
/// happens to the values afterwards does not change what is written.</summary>
public static class StateCapture
{
    // Each level takes two of JSON's, and the description around it three.
    private const int MaxDepth = 28;

    /// <summary>Captures all stored properties of <paramref name="state"/>, an instance of a class marked
    /// <see cref="CheckpointStateAttribute"/>.</summary>
    /// <exception cref="CheckpointSerializationException">A value has no place in the format; the message names the field.</exception>
    /// <exception cref="SpecException">The type is not a state type.</exception>
    public static StatePayload Capture(object state) => Capture(state, new Copies(static n => GC.AllocateUninitializedArray<byte>(n)));

    /// <inheritdoc cref="Capture(object)"/>
    internal static StatePayload Capture(object state, Copies copies)
    {
        var schema = StateSchema.Of(state.GetType());
        return new StatePayload(schema.StateId, schema.SchemaHash, Fields(state, schema, schema.StateId, 0, copies));
    }

    /// <summary>Captures one value; <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="CheckpointSerializationException">The value has no place in the format.</exception>
    public static Payload Value(object? value, string name) => Value(value, name, 0, new Copies(static length => new byte[length]));

    /// <summary>Goes through a value as <see cref="Value(object?, string)"/> does, without copying what its arrays hold.</summary>
    /// <exception cref="CheckpointSerializationException">The value has no place in the format.</exception>
    internal static Payload Look(object? value, string name, ITensorFactory? tensors) => Value(value, name, 0, new Copies(null, tensors));

    private static Payload Value(object? value, string name, int depth, Copies copies)
    {
        if (depth > MaxDepth)
            throw new CheckpointSerializationException($"{name} is nested more than {MaxDepth} levels deep, or contains itself.");

        return (Payload?)Scalar(value) ?? value switch
        {
            NdArray array => new CapturedArray("ndarray", Copy(array, copies)),
            _ when copies.Memory is null && IsTensor(value, copies) => new ScalarPayload("none", null),
            ITensorValue tensor => Tensor(tensor, copies),
            _ when copies.Tensors?.TensorType.IsInstanceOfType(value) == true => Tensor(copies.Tensors.View(value!), copies),
            IShard shard when depth == 0 => Part(shard, name, copies),
            IShard => throw Refused(
                value, name, "keep it in a property of the bound state itself, or in one that is a dictionary of shards, not deeper"),
            ITuple tuple => new SequencePayload(
                "tuple", [.. Enumerable.Range(0, tuple.Length).Select(i => Item(tuple[i], i, name, depth, copies))]),
            IDictionary map => new DictPayload(Entries(map, name, depth, copies)),
            IReadOnlyDictionary<string, object?> map => new DictPayload(map.ToDictionary(
                e => e.Key, e => Value(e.Value, $"{name}['{e.Key}']", depth + 1, copies))),
            Array { Rank: > 1 } => throw Refused(value, name, "wrap it in an NdArray"),
            IList list => new SequencePayload("list", [.. list.Cast<object?>().Select((item, i) => Item(item, i, name, depth, copies))]),
            _ when StateSchema.IsState(value!.GetType()) => Nested(value, name, depth, copies),
            _ => throw Refused(value, name, "use one of the format's types, mark the class with [CheckpointState], "
                + "or give the checkpoint's options the TensorFactory of its library"),
        };
    }

    private static ScalarPayload? Scalar(object? value) => value switch
    {
        null => new("none", null),
        bool => new("bool", value),
        string => new("str", value),
        int or short or sbyte or byte or ushort or uint or long => new("int", Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        ulong number => new("int", number <= long.MaxValue ? (long)number : (BigInteger)number),
        BigInteger number => new("int", number >= long.MinValue && number <= long.MaxValue ? (long)number : number),
        double => new("float", value),
        float number => new("float", (double)number),
        Half number => new("float", (double)number),
        DateTimeOffset => new("datetime", value),
        DateTime { Kind: DateTimeKind.Unspecified } => new("datetime", value),
        DateTime time => new("datetime", new DateTimeOffset(time)),
        DateOnly => new("date", value),
        TimeSpan => new("timedelta", value),
        NumpyDateTime64 => new("np_datetime64", value),
        NumpyTimeDelta64 => new("np_timedelta64", value),
        TorchDeviceName device => new("torch_device", device.Require()),
        TorchDTypeName => new("torch_dtype", value),
        NumpyDTypeName => new("np_dtype", value),
        _ => null,
    };

    private static Payload Item(object? item, int index, string name, int depth, Copies copies) =>
        Value(item, string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), depth + 1, copies);

    private static Dictionary<string, Payload> Entries(IDictionary map, string name, int depth, Copies copies)
    {
        var entries = new Dictionary<string, Payload>();
        var ofShards = depth == 0 && ShardMap.Is(map.GetType());
        foreach (DictionaryEntry entry in map)
        {
            var key = entry.Key as string
                ?? throw new CheckpointSerializationException(
                    $"{name} has the key {entry.Key} ({entry.Key.GetType()}); keys must be strings.");
            var item = $"{name}['{key}']";
            entries.Add(key, ofShards ? Part(entry.Value as IShard, item, copies) : Value(entry.Value, item, depth + 1, copies));
        }

        return entries;
    }

    private static DataclassPayload Nested(object value, string name, int depth, Copies copies)
    {
        var schema = StateSchema.Of(value.GetType());
        return new DataclassPayload(schema.StateId, schema.SchemaHash, Fields(value, schema, name, depth + 1, copies));
    }

    private static Dictionary<string, Payload> Fields(
        object state, StateSchema schema, string name, int depth, Copies copies) =>
        schema.Fields.ToDictionary(
            f => f.Name, f => Value(f.Get(state), $"{name}.{f.Name}", depth, copies));

    private static CapturedArray Part(IShard? shard, string name, Copies copies)
    {
        var array = shard?.Value is null ? null : Value(shard.Value, name, 0, copies) as CapturedArray;
        return array is not null && array.Shape.SequenceEqual(shard!.Slice.Shape)
            ? array with { Slice = shard.Slice }
            : throw new CheckpointSerializationException(
                $"{name} holds {(array is null ? "no array" : $"an array of shape ({string.Join(", ", array.Shape)})")}; "
                + (shard is null ? "expected a Shard." : $"its slice is {shard.Slice}."));
    }

    private static bool IsTensor(object? value, Copies copies) =>
        value is ITensorValue || copies.Tensors?.TensorType.IsInstanceOfType(value) == true;

    private static NdArray Copy(NdArray array, Copies copies)
    {
        if (copies.Memory is null)
            return array;

        var bytes = copies.Memory(array.Data.Length);
        array.Data.Span.CopyTo(bytes);
        return new NdArray(array.DType, array.Shape, bytes);
    }

    private static CapturedArray Tensor(ITensorValue tensor, Copies copies)
    {
        var dtype = NpyDType.Parse(tensor.DTypeName);
        var length = tensor.Shape.Aggregate(1L, (product, extent) => checked(product * extent));
        var bytes = copies.Memory!(checked((int)(length * dtype.ItemSize)));
        tensor.CopyTo(bytes);
        return new CapturedArray("tensor", new NdArray(dtype, [.. tensor.Shape], bytes));
    }

    private static CheckpointSerializationException Refused(object? value, string name, string advice) =>
        new($"{name} holds a {value?.GetType()}, which cannot be checkpointed: {advice}.");
}

/// <summary>How arrays and tensors are copied while a state is captured.</summary>
/// <param name="Memory">Gives memory of exactly that many bytes for a copy; its contents are overwritten. Null where nothing is to be
/// copied.</param>
/// <param name="Tensors">Reads the tensors of one library; null where there can be none.</param>
internal sealed record Copies(Func<int, byte[]>? Memory, ITensorFactory? Tensors = null);

/// <summary>Memory for the copies that a commit is written from, kept from one commit to the next: fresh memory costs a page fault for
/// every 4 KiB, several times the copying itself, and the step loop waits for it.</summary>
/// <remarks>For one session's thread; what was lent must no longer be read when <see cref="Reclaim"/> is called.</remarks>
internal sealed class CaptureBuffers
{
    private readonly List<byte[]> _lent = [];
    private Dictionary<int, Stack<byte[]>> _free = [];

    /// <summary>A buffer of exactly that length with undefined contents; the caller fills it completely.</summary>
    public byte[] Rent(int length)
    {
        var buffer = _free.TryGetValue(length, out var stack) && stack.TryPop(out var known)
            ? known
            : GC.AllocateUninitializedArray<byte>(length);
        _lent.Add(buffer);
        return buffer;
    }

    /// <summary>Takes back the buffers of the last capture, once its commit has ended, and releases those that it did not use, so that no
    /// more memory is held than one capture needs.</summary>
    public void Reclaim()
    {
        _free = _lent.GroupBy(b => b.Length).ToDictionary(g => g.Key, g => new Stack<byte[]>(g));
        _lent.Clear();
    }
}
