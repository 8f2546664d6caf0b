using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields;

/// <summary>Where fields come from, as texts by name: global attributes of every file of a run. It holds nothing of a time or a place, so
/// that equal runs have equal files.</summary>
public sealed record Provenance
{
    private const string History = "history";
    private const string BegunBefore = "begun by a version of Cairn that left no history";

    private Provenance(IReadOnlyList<(string Name, string Text)> attributes) => Attributes = attributes;

    /// <summary>Names and texts, in a fixed order.</summary>
    public IReadOnlyList<(string Name, string Text)> Attributes { get; }

    /// <summary>Every name that there may be, in their order.</summary>
    private static IReadOnlyList<string> Names { get; } =
    [
        "title", "source", History, "cairn_version", "libtorch_version", "ensemble_seed", "spec", "spec_digest", "model_digest",
        "extensions", "initial_data", "initial_digest", "branched_from",
    ];

    /// <summary>That of a run.</summary>
    /// <param name="texts">By name; what is null is left out.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static Provenance Of(IReadOnlyDictionary<string, string?> texts)
    {
        var unknown = texts.Keys.Except(Names).ToList();
        return unknown.Count == 0
            ? new Provenance([.. from name in Names where texts.GetValueOrDefault(name) is not null select (name, texts[name]!)])
            : throw new ArgumentException($"Provenance has no {string.Join(", ", unknown)}.", nameof(texts));
    }

    /// <summary>The value among some attributes, or null if there is none.</summary>
    public static Provenance? Read(JsonObject? attributes)
    {
        var texts = Names.ToDictionary(
            name => name, name => attributes?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null);
        return texts.Values.Any(text => text is not null) ? Of(texts) : null;
    }

    /// <summary>That of files which are there and which this one goes on with: as they have it, with what is missing, and with a line of
    /// history where another version or another spec goes on.</summary>
    /// <param name="found">That of the files, or null where they have none.</param>
    public Provenance After(Provenance? found)
    {
        var texts = (found ?? this).Attributes.Concat(Attributes).DistinctBy(a => a.Name)
            .ToDictionary(a => a.Name, string? (a) => a.Text);
        if (Text(History) is { } own)
        {
            var before = found is null ? BegunBefore : found.Text(History) ?? "";
            texts[History] = string.Join('\n', before.Split('\n').Union(own.Split('\n'))).TrimStart('\n');
        }

        return Of(texts);
    }

    /// <summary>The same, begun as a branch of another run.</summary>
    /// <param name="origin">The run and the lead time, without a place.</param>
    public Provenance BranchOf(string origin) => Of(new Dictionary<string, string?>(
        Attributes.ToDictionary(a => a.Name, string? (a) => a.Text), StringComparer.Ordinal)
    {
        ["branched_from"] = origin,
        [History] = $"branch of {origin}\n{Text(History)}".TrimEnd('\n'),
    });

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new(Attributes.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Name, a.Text)));

    /// <summary>Whether two say the same.</summary>
    public bool Equals(Provenance? other) => other is not null && Attributes.SequenceEqual(other.Attributes);
    public override int GetHashCode() => Attributes.Aggregate(0, HashCode.Combine);

    private string? Text(string name) => Attributes.FirstOrDefault(a => a.Name == name).Text;
}
