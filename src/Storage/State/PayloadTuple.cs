using System.Runtime.CompilerServices;

namespace Cairn.Storage.State;

/// <summary>A Python tuple: a sequence that differs from a list on disk. C# tuples are stored in the same way.</summary>
public sealed class PayloadTuple : ITuple, IEquatable<PayloadTuple>
{
    /// <summary>Makes a tuple of <paramref name="items"/>.</summary>
    public PayloadTuple(params object?[] items) => Items = [.. items];

    /// <summary>The items, in order.</summary>
    public IReadOnlyList<object?> Items { get; }

    /// <inheritdoc/>
    public int Length => Items.Count;

    /// <inheritdoc/>
    public object? this[int index] => Items[index];

    /// <inheritdoc/>
    public bool Equals(PayloadTuple? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PayloadTuple);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(17, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => PythonText.Str(this);
}
