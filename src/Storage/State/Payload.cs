using System.Runtime.CompilerServices;

namespace Cairn.Storage.State;

/// <summary>A value as a checkpoint holds it: the tagged tree of the on-disk format, without knowledge of any C# type.</summary>
/// <param name="Kind">The format's tag: <c>int</c>, <c>tensor</c>, <c>dict</c>, …</param>
public abstract record Payload(string Kind);

/// <summary>A leaf. <paramref name="Value"/> is null, a <see cref="bool"/>, <see cref="long"/> or <see cref="System.Numerics.BigInteger"/>,
/// <see cref="double"/>, <see cref="string"/>, <see cref="DateTimeOffset"/> (aware) or <see cref="DateTime"/> (naive),
/// <see cref="DateOnly"/>, <see cref="TimeSpan"/>, or one of this folder's NumPy and torch records.</summary>
public sealed record ScalarPayload(string Kind, object? Value) : Payload(Kind);

/// <summary>An array or tensor: <c>ndarray</c> or <c>tensor</c>.</summary>
public abstract record ArrayPayload(string Kind, NpyDType DType, IReadOnlyList<long> Shape) : Payload(Kind);

/// <summary>An array copied to host memory when the state was captured.</summary>
public sealed record CapturedArray(string Kind, NdArray Array) : ArrayPayload(Kind, Array.DType, Array.Shape)
{
    /// <summary>Its place in the global domain, if it is one rank's part of a field.</summary>
    public DomainSlice? Slice { get; init; }
}

/// <summary>An array that lies in a file; <paramref name="Path"/> is relative to the folder of its state.</summary>
public sealed record StoredArray(string Kind, string Path, NpyDType DType, IReadOnlyList<long> Shape) : ArrayPayload(Kind, DType, Shape);

/// <summary>A <c>list</c> or <c>tuple</c>.</summary>
public sealed record SequencePayload(string Kind, IReadOnlyList<Payload> Items) : Payload(Kind);

/// <summary>A <c>dict</c> with string keys.</summary>
public sealed record DictPayload(IReadOnlyDictionary<string, Payload> Items) : Payload("dict");

/// <summary>A nested state.</summary>
public sealed record DataclassPayload(string StateId, string SchemaHash, IReadOnlyDictionary<string, Payload> Fields)
    : Payload("dataclass");

/// <summary>One bound state: what <c>metadata.json</c> in its folder holds.</summary>
public sealed record StatePayload(string StateId, string SchemaHash, IReadOnlyDictionary<string, Payload> Fields);

/// <summary>A Python tuple: a sequence that differs from a list on disk. C# tuples are stored in the same way.</summary>
public sealed class PayloadTuple : ITuple, IEquatable<PayloadTuple>
{
    /// <summary>Makes a tuple of <paramref name="items"/>.</summary>
    public PayloadTuple(params object?[] items) => Items = [.. items];

    /// <summary>The items, in order.</summary>
    public IReadOnlyList<object?> Items { get; }

    public int Length => Items.Count;
    public object? this[int index] => Items[index];
    public bool Equals(PayloadTuple? other) => other is not null && Items.SequenceEqual(other.Items);
    public override bool Equals(object? obj) => Equals(obj as PayloadTuple);
    public override int GetHashCode() => Items.Aggregate(17, HashCode.Combine);
    public override string ToString() => PythonText.Str(this);
}
