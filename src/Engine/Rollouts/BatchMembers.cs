namespace Cairn.Engine.Rollouts;

/// <summary>Which members of a batch are stepped, and from which draw, after its failures. Kept in <c>members.json</c> in the batch's
/// folder, written before the gang that uses it is started.</summary>
/// <param name="Dropped">Members that were left out, with the lead time and the cause.</param>
/// <param name="Draws">Members that started over, with the number of their draw, from 1.</param>
public sealed record BatchMembers(IReadOnlyDictionary<int, DroppedMember> Dropped, IReadOnlyDictionary<int, int> Draws)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "members.json";

    /// <summary>All members, each with its first draw.</summary>
    public static BatchMembers All { get; } = new(new Dictionary<int, DroppedMember>(), new Dictionary<int, int>());

    /// <summary>The members of a batch that are stepped, in order; empty when none is left.</summary>
    public IReadOnlyList<int> Active(MemberRange batch) => [.. batch.Members.Where(member => !Dropped.ContainsKey(member))];

    /// <summary>The number of a member's draw: 0 for the first.</summary>
    public int DrawOf(int member) => Draws.GetValueOrDefault(member);

    /// <summary>This with a member left out.</summary>
    public BatchMembers Without(int member, DroppedMember why) =>
        this with { Dropped = new Dictionary<int, DroppedMember>(Dropped) { [member] = why } };

    /// <summary>This with a member that starts over with its next draw.</summary>
    public BatchMembers Redrawn(int member) => this with { Draws = new Dictionary<int, int>(Draws) { [member] = DrawOf(member) + 1 } };

    /// <summary>What is known of a batch's members, in its own folder and in those of an earlier cut.</summary>
    /// <exception cref="DataException">A file is damaged.</exception>
    public static BatchMembers Read(IDurableFiles files, IEnumerable<string> folders)
    {
        var dropped = new Dictionary<int, DroppedMember>();
        var draws = new Dictionary<int, int>();
        foreach (var path in folders.Select(folder => Path.Combine(folder, FileName)).Where(files.FileExists))
        {
            foreach (var (member, drop, draw) in ReadFile(files, path))
            {
                if (drop is not null)
                    dropped[member] = drop;
                draws[member] = Math.Max(draws.GetValueOrDefault(member), draw);
            }
        }
        return new BatchMembers(dropped, draws.Where(d => d.Value > 0).ToDictionary(d => d.Key, d => d.Value));
    }

    /// <summary>Writes the file, durably and at once; nothing when all members are stepped from their first draw.</summary>
    public void Write(IDurableFiles files, string folder)
    {
        if (Dropped.Count + Draws.Count == 0)
            return;
        var members = new JsonArray([.. Dropped.Keys.Union(Draws.Keys).Order().Select(member => (JsonNode?)Describe(member))]);
        DurableTree.SyncCreated(files, DurableTree.CreateDirectories(files, folder));
        var json = new JsonObject { ["version"] = 1, ["members"] = members };
        RecordJson.Replace(files, Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(json, RecordJson.Indented));
    }

    private JsonObject Describe(int member)
    {
        var json = new JsonObject { ["member"] = member, ["draw"] = DrawOf(member) };
        if (Dropped.TryGetValue(member, out var why))
            json["dropped"] = new JsonObject { ["lead_time"] = System.Xml.XmlConvert.ToString(why.LeadTime), ["cause"] = why.Cause };
        return json;
    }

    private static List<(int Member, DroppedMember? Drop, int Draw)> ReadFile(IDurableFiles files, string path)
    {
        try
        {
            using var file = files.OpenRead(path);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return [.. JsonNode.Parse(bytes)!["members"]!.AsArray().Select(Parse)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException
            or DurableIOException { IsOfSurroundings: false } or IOException)
        {
            throw new DataException($"{path} cannot be read: {e.Message} It records which members of the batch were dropped; restore it, "
                + "or start over with --fresh.", e);
        }
    }

    private static (int Member, DroppedMember? Drop, int Draw) Parse(JsonNode? node)
    {
        var drop = node!["dropped"] is { } dropped
            ? new DroppedMember(
                System.Xml.XmlConvert.ToTimeSpan(dropped["lead_time"]!.GetValue<string>()), dropped["cause"]!.GetValue<string>())
            : null;
        return (node["member"]!.GetValue<int>(), drop, node["draw"]!.GetValue<int>());
    }
}

/// <summary>Why a member was left out.</summary>
/// <param name="LeadTime">The lead time that it could not reach.</param>
/// <param name="Cause">What went wrong.</param>
public sealed record DroppedMember(TimeSpan LeadTime, string Cause);

/// <summary>The seeds of a member's later draws.</summary>
internal static class MemberDraw
{
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    /// <summary>The run's seed for a draw: an output of SplitMix64 (Steele, Lea, Flood 2014, OOPSLA), so that neighbouring runs and draws
    /// have nothing in common.</summary>
    public static long Seed(long runSeed, int draw)
    {
        var z = unchecked((ulong)runSeed + ((ulong)draw * GoldenRatio));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return unchecked((long)(z ^ (z >> 31)));
    }
}

/// <summary>The draws of a session's members, in its metadata: a member that started over must not continue from the state of an older
/// draw, wherever that is stored.</summary>
internal static class SessionDraws
{
    private const string Key = "draws";

    /// <summary>Notes the draws beside the members; nothing where all are of their first.</summary>
    public static void AddTo(Dictionary<string, object?> metadata, IReadOnlyList<int> stepped, BatchMembers members)
    {
        if (stepped.Any(member => members.DrawOf(member) > 0))
            metadata[Key] = stepped.Select(member => (object?)(long)members.DrawOf(member)).ToList();
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
        BigInteger number when number >= 0 && number <= long.MaxValue => (long)number,
        _ => -1,
    };
}
