using System.Text.Json.Nodes;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads and writes <c>rehearsal</c>, a list of objects.</summary>
internal static class RehearsalReader
{
    public const string Key = "rehearsal";
    private const string Example = "a list of objects, such as [{ kind = throw, lead-time = 30h, member = 3, times = 1 }]";
    private static readonly string[] Settings = ["kind", "lead-time", "member", "rank", "times"];

    public static IReadOnlyList<RehearsalSpec> Read(SettingReader reader)
    {
        if (reader.Find(Key) is not { } value)
        {
            return [];
        }

        if (value is not HoconArray list || list.Items.Any(item => item is not HoconObject))
        {
            reader.Wrong(Key, value, Example);
            return [];
        }

        return [.. list.Items.Cast<HoconObject>().Select((item, i) => Read(reader.Within(item, $"{Key}[{i}]."), item))];
    }

    public static JsonArray Write(IReadOnlyList<RehearsalSpec> faults) => new([.. faults.Select(Write)]);

    private static JsonObject Write(RehearsalSpec fault)
    {
        var json = new JsonObject
        {
            ["kind"] = SpecText.Word(fault.Kind),
            ["lead-time"] = fault.LeadTime == TimeSpan.Zero ? "0h" : SpecText.Duration(fault.LeadTime),
            ["rank"] = fault.Rank,
            ["times"] = fault.Times is { } times ? times : "always",
        };
        if (fault.Member is { } member)
        {
            json["member"] = member;
        }

        return json;
    }

    private static RehearsalSpec Read(SettingReader reader, HoconObject item)
    {
        foreach (var name in item.Keys.Where(name => !Settings.Contains(name)))
        {
            reader.Wrong(name, item[name], "an unknown setting", $"one of {string.Join(", ", Settings)}");
        }

        return new RehearsalSpec(
            reader.Word<RehearsalKind>("kind", null) ?? RehearsalKind.Throw,
            reader.Read("lead-time", TimeSpan.Zero, true, "a duration with its unit, such as 30h", Duration),
            reader.Find("member") is null ? null : reader.Integer("member", null, 0, int.MaxValue, "a member"),
            reader.Integer("rank", 0, 0, int.MaxValue, "a rank"),
            reader.IntegerOr("times", "always", 1, "how often it happens"));
    }

    private static bool Duration(HoconScalar scalar, out TimeSpan value) =>
        scalar.TryDuration(out value, unitRequired: true) && value >= TimeSpan.Zero;
}
