using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Cairn.Engine.Settings;
using Cairn.Hocon;
using Cairn.Hocon.Values;

namespace Cairn.Actors.Cluster;

/// <summary>
/// The section <c>akka</c> of a node's settings, with Akka's own names. Akka ignores unknown settings; here they are mistakes.
/// </summary>
public static class AkkaSettings
{
    private static readonly Lazy<Config> Reference = new(() => Resource(typeof(Akka.Remote.RemoteActorRefProvider), "Remote")
        .WithFallback(Resource(typeof(Akka.Cluster.Cluster), "Cluster"))
        .WithFallback(ClusterSingleton.DefaultConfig())
        .WithFallback(SqlPersistence.DefaultConfiguration)
        .WithFallback(ConfigurationFactory.Default()));

    // Sections whose names the operator chooses.
    private static readonly string[] Open = ["akka.actor.deployment", "akka.actor.serializers", "akka.actor.serialization-bindings"];

    /// <summary>The section as Akka's configuration.</summary>
    /// <param name="section">The object under <c>akka</c>.</param>
    /// <exception cref="SpecException">It has unknown settings; all are listed, by file and line.</exception>
    public static Config Of(HoconObject section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var unknown = Leaves(section, "akka").Where(leaf => !IsKnown(leaf.Key)).ToList();
        return unknown.Count == 0 ? ConfigurationFactory.ParseString($"akka {HoconWriter.Render(section)}") : throw new SpecException(
            string.Join('\n', unknown.Select(leaf => $"{Place(leaf.Value.Origin)}: Akka has no setting {leaf.Key}{Nearest(leaf.Key)}.")));
    }

    private static bool IsKnown(string key) =>
        Reference.Value.HasPath(key) || Open.Any(o => key.StartsWith(o + '.', StringComparison.Ordinal));

    private static string Nearest(string key)
    {
        var (section, name) = (key[..key.LastIndexOf('.')], key[(key.LastIndexOf('.') + 1)..]);
        var beside = Reference.Value.HasPath(section) && Reference.Value.GetValue(section).IsObject()
            ? Spelling.Nearest(name, Reference.Value.GetValue(section).GetObject().Items.Keys) : null;
        return beside is null ? "; its reference configuration lists all settings" : $"; the nearest is {section}.{beside}";
    }

    private static IEnumerable<(string Key, HoconValue Value)> Leaves(HoconValue value, string key) => value is HoconObject section
        ? section.Keys.SelectMany(name => Leaves(section[name], $"{key}.{name}"))
        : [(key, value)];

    private static string Place(HoconOrigin origin) => origin.File is null ? origin.Source : $"{origin.Source}:{origin.Line}";

    private static Config Resource(Type type, string name)
    {
        var path = $"{type.Namespace}.Configuration.{name}.conf";
        using var stream = type.Assembly.GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"{type.Assembly.FullName} has no resource {path}, which is Akka's reference.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
