using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cairn.Actors.Runs;

namespace Cairn.Actors.Cluster;

/// <summary>
/// All messages that may leave a process or reach a journal, as JSON. Types that are in no list are neither written nor read.
/// </summary>
public sealed class MessageTable
{
    /// <summary>Leaves room in a frame for Akka's envelope.</summary>
    public const int MaxBytes = RemoteSettings.FrameBytes - 64 * 1024;

    /// <summary>The largest journal entry: as much as PostgreSQL stores in a value, with room for its encoding.</summary>
    public const int MaxJournalBytes = 256 * 1024 * 1024;

    private readonly JsonSerializerOptions _options;
    private readonly Dictionary<Type, Entry> _byType = [];
    private readonly Dictionary<string, Entry> _byName = new(StringComparer.Ordinal);

    /// <summary>Combines lists.</summary>
    /// <exception cref="ArgumentException">A name or a type is listed twice.</exception>
    public MessageTable(params IEnumerable<MessageList> lists)
    {
        var all = lists.ToList();
        _options = Options(JsonTypeInfoResolver.Combine([.. all.Select(l => l.Json)]));
        foreach (var manifest in all.SelectMany(l => l.Manifests))
            Add(manifest);
    }

    /// <summary>The JSON metadata is created at first use: a process uses few of all messages.</summary>
    private sealed class Entry(MessageManifest manifest, JsonSerializerOptions options)
    {
        private readonly Lazy<JsonTypeInfo> _json = new(() => options.TypeInfoResolver!.GetTypeInfo(manifest.Type, options) is null
            ? throw new SerializationException(
                $"{manifest}: [JsonSerializable(typeof({manifest.Type.Name}))] is missing in the context of its list.")
            : options.GetTypeInfo(manifest.Type));

        public MessageManifest Manifest => manifest;

        public JsonTypeInfo Json => _json.Value;
    }

    /// <summary>Every manifest, by name.</summary>
    public IReadOnlyList<MessageManifest> Manifests =>
        [.. _byName.Values.Select(e => e.Manifest).OrderBy(m => m.Name, StringComparer.Ordinal)];

    /// <summary>A message's JSON members; for tests.</summary>
    internal JsonTypeInfo JsonOf(MessageManifest manifest) => _byName[manifest.Name].Json;

    /// <summary>The manifest of a message.</summary>
    /// <exception cref="SerializationException">It is in no list.</exception>
    public MessageManifest ManifestOf(object message) => EntryOf(message).Manifest;

    /// <summary>Writes a message.</summary>
    /// <exception cref="SerializationException">It is in no list, or too large.</exception>
    public byte[] Write(object message)
    {
        var entry = EntryOf(message);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, entry.Json);
        return bytes.Length <= Most(entry) ? bytes : throw TooLarge("to write", entry.Manifest.ToString(), bytes.Length, Most(entry));
    }

    /// <summary>Reads a message.</summary>
    /// <param name="manifest">The manifest of the message.</param>
    /// <param name="bytes">From <see cref="Write"/>, perhaps of an older Cairn.</param>
    /// <exception cref="SerializationException">The manifest is unknown, or the bytes are no such message.</exception>
    public object Read(string manifest, byte[] bytes)
    {
        var (entry, version) = EntryOf(manifest);
        if (bytes.Length > Most(entry))
            throw TooLarge("received", manifest, bytes.Length, Most(entry));

        try
        {
            return Read(entry, version, bytes) ?? throw new JsonException("it is null");
        }
        catch (Exception error)
        {
            // Constructors and version steps may throw anything; whatever it is, the bytes are at fault.
            throw new SerializationException($"{bytes.Length} bytes received as {manifest} are not such a message: {error.Message}", error);
        }
    }

    private object? Read(Entry entry, int version, byte[] bytes)
    {
        if (version == entry.Manifest.Version)
            return JsonSerializer.Deserialize(bytes, entry.Json);

        var nodes = new JsonDocumentOptions { MaxDepth = _options.MaxDepth, AllowDuplicateProperties = false };
        var older = JsonNode.Parse(bytes, documentOptions: nodes) as JsonObject ?? throw new JsonException("it is not an object");
        return entry.Manifest.Upcast(version, older).Deserialize(entry.Json);
    }

    private Entry EntryOf(object message) => _byType.TryGetValue(message.GetType(), out var entry)
        ? entry
        : throw new SerializationException(
            $"{message.GetType()} is not in a list of messages, so it cannot leave its process or be written to a journal: give it a "
            + $"manifest in the list beside it, or mark it with {nameof(INoSerializationVerificationNeeded)} if it never has to.");

    private (Entry Entry, int Version) EntryOf(string text)
    {
        if (MessageManifest.Parse(text) is not { } parsed)
        {
            throw new SerializationException(
                $"'{Shortened(text)}' is not a message manifest: expected a name and a version, such as 'stop-batch/1'.");
        }

        if (!_byName.TryGetValue(parsed.Name, out var entry))
        {
            throw new SerializationException(
                $"This Cairn has no message '{parsed.Name}' (received '{text}'). A newer Cairn wrote it: update this one.");
        }

        var known = entry.Manifest;
        return parsed.Version >= known.OldestVersion && parsed.Version <= known.Version
            ? (entry, parsed.Version)
            : throw new SerializationException(
                $"Received '{text}'; this Cairn knows versions {known.OldestVersion} to {known.Version} of '{known.Name}'. "
                + (parsed.Version > known.Version ? "A newer Cairn wrote it: update this one." : "The version is too old to be read."));
    }

    private void Add(MessageManifest manifest)
    {
        var entry = new Entry(manifest, _options);
        if (!_byName.TryAdd(manifest.Name, entry) || !_byType.TryAdd(manifest.Type, entry))
            throw new ArgumentException($"{manifest} ({manifest.Type}) is listed twice.");
    }

    /// <summary>Required members must be present; unknown ones, of a newer Cairn, are skipped.</summary>
    private static JsonSerializerOptions Options(IJsonTypeInfoResolver types)
    {
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = types.WithAddedModifier(OmitComputed),
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,
            AllowOutOfOrderMetadataProperties = true,
            MaxDepth = 32,
            Converters = { new ActorRefJsonConverter(),
                new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Computed members are not written.</summary>
    private static void OmitComputed(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object)
        {
            foreach (var computed in type.Properties.Where(p => p.Set is null && p.AssociatedParameter is null).ToList())
                type.Properties.Remove(computed);
        }
    }

    private static int Most(Entry entry) => entry.Manifest.IsOfJournal ? MaxJournalBytes : MaxBytes;

    private static SerializationException TooLarge(string what, string manifest, int bytes, int most) => new(
        $"A {manifest} {what} has {bytes} bytes; a message may have at most {most}. Large data belongs in files, not in messages.");

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "…";
}

/// <summary>
/// Every message of Cairn. Each part has a <see cref="MessageList"/>, one line per message, with a
/// <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> that names the same types. A test approves names, versions and
/// members.
/// </summary>
public static class CairnMessages
{
    /// <summary>One line per part.</summary>
    public static IReadOnlyList<MessageList> Lists { get; } =
    [
        RunMessageList.Commands,
        RunMessageList.Grants,
        RunMessageList.Journal,
        Ranks.RankMessageList.List,
        MembershipMessageList.List,
    ];

    /// <summary>All of them.</summary>
    public static MessageTable Table { get; } = new(Lists);
}
