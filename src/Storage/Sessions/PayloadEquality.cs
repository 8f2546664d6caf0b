using Cairn.Storage.State;

namespace Cairn.Storage.Sessions;

/// <summary>Compares payload trees of two ranks.</summary>
internal static class PayloadEquality
{
    /// <summary>Whether both trees say the same; arrays are equal if <paramref name="arrays"/> says so.</summary>
    public static bool AreEqual(Payload one, Payload other, Func<StoredArray, StoredArray, bool> arrays) => (one, other) switch
    {
        (ScalarPayload a, ScalarPayload b) => a.Kind == b.Kind && Equals(a.Value, b.Value),
        (StoredArray a, StoredArray b) => a.Kind == b.Kind && arrays(a, b),
        (SequencePayload a, SequencePayload b) => a.Kind == b.Kind && a.Items.Count == b.Items.Count
            && a.Items.Zip(b.Items).All(pair => AreEqual(pair.First, pair.Second, arrays)),
        (DictPayload a, DictPayload b) => Maps(a.Items, b.Items, arrays),
        (DataclassPayload a, DataclassPayload b) => a.SchemaHash == b.SchemaHash && Maps(a.Fields, b.Fields, arrays),
        _ => false,
    };

    private static bool Maps(
        IReadOnlyDictionary<string, Payload> one,
        IReadOnlyDictionary<string, Payload> other,
        Func<StoredArray, StoredArray, bool> arrays) =>
        one.Count == other.Count
        && one.All(item => other.TryGetValue(item.Key, out var there) && AreEqual(item.Value, there, arrays));
}
