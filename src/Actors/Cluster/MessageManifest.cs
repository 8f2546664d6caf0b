using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Cairn.Actors.Cluster;

/// <summary>
/// A message's name and version on the wire and in journals, as <c>rank-reached/1</c>: they stay when the record is renamed or moved.
/// </summary>
/// <remarks>
/// A new member with a default value needs no new version: older readers skip it. Whatever an older reader must not skip, or an older
/// writer can't have written, does; <see cref="Reading"/> then says what the older version means.
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

    /// <summary>What the message is called for good.</summary>
    public string Name { get; }

    /// <summary>The version that is written.</summary>
    public int Version { get; }

    /// <summary>The record that the message is in memory. It is never on the wire.</summary>
    public Type Type { get; }

    /// <summary>Whether it goes to a journal alone, never to another process.</summary>
    public bool IsOfJournal { get; private init; }

    /// <summary>The oldest version that is read.</summary>
    public int OldestVersion => _steps.Count == 0 ? Version : _steps.Keys.First();

    /// <summary>Names a message.</summary>
    public static MessageManifest Of<T>(string name, int version = 1) where T : notnull => new(name, version, typeof(T));

    /// <summary>Names what goes to a journal alone, and may be larger than a message.</summary>
    public static MessageManifest OfJournal<T>(string name) where T : notnull => new(name, 1, typeof(T)) { IsOfJournal = true };

    /// <summary>Reads an older version too.</summary>
    /// <param name="version">The older version; versions are given one after the other, from the newest down.</param>
    /// <param name="next">Makes version + 1 of it; it may change what it is given.</param>
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

    /// <summary>Makes the version that is written now of an older one.</summary>
    internal JsonObject Upcast(int version, JsonObject message)
    {
        for (; version < Version; version++)
        {
            message = _steps[version](message);
        }

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
/// <param name="Json">How their records are read and written: the part's own source-generated context.</param>
/// <param name="Manifests">One line for each.</param>
public sealed record MessageList(IJsonTypeInfoResolver Json, params IReadOnlyList<MessageManifest> Manifests);
