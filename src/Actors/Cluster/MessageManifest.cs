using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Cairn.Actors.Cluster;

/// <summary>
/// A message's name and version on the wire and in journals, such as <c>rank-reached/1</c>, independent of the CLR type's name.
/// </summary>
/// <remarks>
/// A new member with a default value needs no new version: older readers skip it. A member that must not be skipped, or has no default,
/// does; <see cref="Reading"/> then converts the older version.
/// </remarks>
public sealed partial class MessageManifest
{
    private readonly SortedDictionary<int, Func<JsonObject, JsonObject>> _steps = [];

    private MessageManifest(string name, int version, Type type)
    {
        if (!NamePattern().IsMatch(name) || version < 1)
        {
            throw new ArgumentException(
                $"'{name}/{version}' is not a message manifest; expected lower-case words with dashes, and a version from 1.");
        }

        (Name, Version, Type) = (name, version, type);
    }

    /// <summary>The permanent name.</summary>
    public string Name { get; }

    /// <summary>The version that is written.</summary>
    public int Version { get; }

    /// <summary>The CLR type, which is never on the wire.</summary>
    public Type Type { get; }

    /// <summary>Whether it goes only to a journal, never to another process.</summary>
    public bool IsOfJournal { get; private init; }

    /// <summary>The oldest version that is read.</summary>
    public int OldestVersion => _steps.Count == 0 ? Version : _steps.Keys.First();

    /// <summary>Names a message.</summary>
    public static MessageManifest Of<T>(string name, int version = 1) where T : notnull => new(name, version, typeof(T));

    /// <summary>Names a journal entry, which may be larger than a message.</summary>
    public static MessageManifest OfJournal<T>(string name) where T : notnull => new(name, 1, typeof(T)) { IsOfJournal = true };

    /// <summary>Also reads an older version.</summary>
    /// <param name="version">The older version; call in descending order, without gaps.</param>
    /// <param name="next">Converts it to version + 1; may modify its argument.</param>
    public MessageManifest Reading(int version, Func<JsonObject, JsonObject> next)
    {
        if (version != OldestVersion - 1 || version < 1)
        {
            throw new ArgumentException(
                $"{this} reads versions from {OldestVersion} on; the next to add is {OldestVersion - 1}, not {version}.");
        }

        _steps.Add(version, next);
        return this;
    }

    /// <summary>Converts an older version to the current one.</summary>
    internal JsonObject Upcast(int version, JsonObject message)
    {
        for (; version < Version; version++)
            message = _steps[version](message);

        return message;
    }

    /// <summary>The name and the version in a manifest's text; null for any other text.</summary>
    internal static (string Name, int Version)? Parse(string text) =>
        TextPattern().Match(text) is { Success: true } match
            ? (match.Groups[1].Value, int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    /// <summary>As it is on the wire.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}/{Version}");

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^([a-z][a-z0-9-]{0,99})/([1-9][0-9]{0,5})$", RegexOptions.CultureInvariant)]
    private static partial Regex TextPattern();
}

/// <summary>The messages of one part of Cairn.</summary>
/// <param name="Json">The part's source-generated JSON context.</param>
/// <param name="Manifests">One line per message.</param>
public sealed record MessageList(IJsonTypeInfoResolver Json, params IReadOnlyList<MessageManifest> Manifests);
