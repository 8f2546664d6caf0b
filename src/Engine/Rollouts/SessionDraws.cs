namespace Cairn.Engine.Rollouts;

/// <summary>
/// The draws of a session's members, in its metadata: a member that started over must not continue from the state of an older draw,
/// wherever that is stored.
/// </summary>
internal static class SessionDraws
{
    private const string Key = "draws";

    /// <summary>Notes the draws beside the members; nothing where all are of their first.</summary>
    /// <param name="metadata">The session's metadata.</param>
    /// <param name="stepped">Its members, in order.</param>
    /// <param name="members">Their draws.</param>
    public static void AddTo(Dictionary<string, object?> metadata, IReadOnlyList<int> stepped, BatchMembers members)
    {
        if (stepped.Any(member => members.DrawOf(member) > 0))
        {
            metadata[Key] = stepped.Select(member => (object?)(long)members.DrawOf(member)).ToList();
        }
    }

    /// <summary>The draw that a member had in a session; 0 for the first.</summary>
    public static int Of(IReadOnlyDictionary<string, object?> metadata, int member)
    {
        var place = Numbers(metadata, "members").IndexOf(member);
        return place >= 0 && Numbers(metadata, Key) is { } draws && place < draws.Count ? (int)draws[place] : 0;
    }

    private static List<long> Numbers(IReadOnlyDictionary<string, object?> metadata, string key) =>
        metadata.GetValueOrDefault(key) is IEnumerable<object?> items ? [.. items.Select(Number)] : [];

    private static long Number(object? item) => item switch
    {
        long number => number,
        int number => number,
        System.Numerics.BigInteger number when number >= 0 && number <= long.MaxValue => (long)number,
        _ => -1,
    };
}
