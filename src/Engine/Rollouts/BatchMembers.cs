using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Storage.Durable;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Which members of a batch are stepped, and from which draw, after its failures. Kept in <c>members.json</c> in the
/// batch's folder, written before the gang that uses it is started.
/// </summary>
/// <param name="Dropped">Members that were left out, with the lead time and the cause.</param>
/// <param name="Draws">Members that started over, with the number of their draw, from 1.</param>
public sealed record BatchMembers(IReadOnlyDictionary<int, DroppedMember> Dropped, IReadOnlyDictionary<int, int> Draws)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "members.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

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
                {
                    dropped[member] = drop;
                }

                draws[member] = Math.Max(draws.GetValueOrDefault(member), draw);
            }
        }

        return new BatchMembers(dropped, draws.Where(d => d.Value > 0).ToDictionary(d => d.Key, d => d.Value));
    }

    /// <summary>Writes the file, durably and at once; nothing when there is nothing to tell.</summary>
    public void Write(IDurableFiles files, string folder)
    {
        if (Dropped.Count + Draws.Count == 0)
        {
            return;
        }

        var members = new JsonArray([.. Dropped.Keys.Union(Draws.Keys).Order().Select(member => (JsonNode?)Describe(member))]);
        DurableTree.SyncCreated(files, DurableTree.CreateDirectories(files, folder));
        AtomicFile.Replace(
            files, Path.Combine(folder, FileName),
            JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["version"] = 1, ["members"] = members }, Indented));
        files.SyncDirectory(folder);
    }

    private JsonObject Describe(int member)
    {
        var json = new JsonObject { ["member"] = member, ["draw"] = DrawOf(member) };
        if (Dropped.TryGetValue(member, out var why))
        {
            json["dropped"] = new JsonObject { ["lead_time"] = System.Xml.XmlConvert.ToString(why.LeadTime), ["cause"] = why.Cause };
        }

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
