using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>
/// What other nodes and journals rely on is checked in: a record that is renamed, or a member that is renamed, added or gone, shows as
/// a difference here. A member that is gone or means something else needs a new version and a step from the old one.
/// </summary>
public sealed class MessageManifestsTests
{
    [Fact]
    public void Manifests_and_members_are_those_that_were_approved() =>
        Approved("MessageManifests.txt", string.Concat(CairnMessages.Table.Manifests.Select(m => Describe(CairnMessages.Table, m))));

    [Fact]
    public void A_description_shows_each_member_down_to_the_last() => Assert.Equal(
        """
        sample-event/1
          fact.place?.first
          fact.place?.last
          fact(failed).cause
          fact(failed).digest
          fact(started).epoch
          counts{}

        """,
        Describe(SampleMessages.Table, SampleMessages.Table.Manifests.Single(m => m.Name == "sample-event")));

    private static string Describe(MessageTable table, MessageManifest manifest)
    {
        var reads = manifest.OldestVersion < manifest.Version ? $", reads from {manifest.OldestVersion}" : "";
        return $"{manifest}{reads}\n" + string.Concat(Members(table.JsonOf(manifest), "").Distinct().Select(m => $"  {m}\n"));
    }

    private static IEnumerable<string> Members(JsonTypeInfo type, string path, JsonTypeInfo? parent = null)
    {
        var own = type.Kind switch
        {
            JsonTypeInfoKind.Object => Written(type).Where(p => parent is null || Written(parent).All(b => b.Name != p.Name))
                .SelectMany(p => Members(Within(type, p), $"{path}.{p.Name}{(p.IsSetNullable ? "?" : "")}")),
            JsonTypeInfoKind.Enumerable => Members(type.Options.GetTypeInfo(type.ElementType!), path + "[]"),
            JsonTypeInfoKind.Dictionary => Members(type.Options.GetTypeInfo(type.ElementType!), path + "{}"),
            _ => [],
        };
        var kinds = (type.PolymorphismOptions?.DerivedTypes ?? []).OrderBy(d => $"{d.TypeDiscriminator}", StringComparer.Ordinal)
            .SelectMany(d => Members(type.Options.GetTypeInfo(d.DerivedType), $"{path}({d.TypeDiscriminator})", type));
        return own.Concat(kinds).DefaultIfEmpty(path.TrimStart('.')).Select(m => m.TrimStart('.'));
    }

    private static IEnumerable<JsonPropertyInfo> Written(JsonTypeInfo type) =>
        type.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null);

    private static JsonTypeInfo Within(JsonTypeInfo type, JsonPropertyInfo property) =>
        type.Options.GetTypeInfo(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);

    private static void Approved(string file, string text)
    {
        var root = typeof(MessageManifestsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a =>
            a.Key == "CairnRoot").Value!;
        var path = Path.Combine(root, "tests", "Actors.Tests", "Cluster", file);
        var approved = File.Exists(path) ? File.ReadAllText(path) : "";
        if (approved != text)
        {
            var received = Path.Combine(AppContext.BaseDirectory, file);
            File.WriteAllText(received, text);
            Assert.Fail($"{file} differs. If it should, copy {received} over {path}.");
        }
    }
}
