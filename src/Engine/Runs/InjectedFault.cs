namespace Cairn.Engine.Runs;

/// <summary>A fault that a run injects on purpose (<c>rehearsal[]</c>), so that its users can see what supervision makes of it before
/// a real one comes.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="LeadTime">The lead time that is being stepped to, or committed, when it does.</param>
/// <param name="Member">The member that it happens to, or null for any batch.</param>
/// <param name="Rank">The rank that it happens to.</param>
/// <param name="Times">How often it happens in the life of the run, restarts included; null for always.</param>
public sealed record InjectedFault(FaultKind Kind, TimeSpan LeadTime, int? Member, int Rank, int? Times);

/// <summary>What goes wrong in a rehearsal (<c>rehearsal[].kind</c>).</summary>
public enum FaultKind
{
    /// <summary>A step throws.</summary>
    Throw,

    /// <summary>A step leaves a NaN in the member's state.</summary>
    Nan,

    /// <summary>A rank hangs in a step.</summary>
    Hang,

    /// <summary>The process that steps the rank aborts, as native code does.</summary>
    Abort,

    /// <summary>The process that steps the rank is killed.</summary>
    Kill,

    /// <summary>Staging a commit fails as on a full disk.</summary>
    Commit,
}

/// <summary>The setting <c>rehearsal</c>, a list of objects.</summary>
internal static class FaultSettings
{
    public const string Key = "rehearsal";

    private static readonly string[] Names = ["kind", "lead-time", "member", "rank", "times"];
    private static readonly SettingType<FaultKind> Kind = Word<FaultKind>();
    private static readonly SettingType<TimeSpan> LeadTime = Duration(
        "a duration with its unit, such as 30h", t => t >= TimeSpan.Zero);
    private static readonly SettingType<int?> Member = Maybe(Integer("a member", 0));
    private static readonly SettingType<int> Rank = Integer("a rank", 0);
    private static readonly SettingType<int?> Times = IntegerOr("always", "how often it happens");

    public static readonly SettingSection<RunSpec> Section = new("", spec => spec);

    private static readonly Setting<IReadOnlyList<InjectedFault>> Faults = Section.Add(
        Key,
        new SettingType<IReadOnlyList<InjectedFault>>(
            "list of objects", "a list of objects, such as [{ kind = throw, lead-time = 30h, member = 3, times = 1 }]", TryRead,
            faults => new JsonArray([.. faults.Select(Write)])) { Otherwise = [] },
        spec => spec.Faults, unset: "none", example: "[{ kind = throw, lead-time = 30h, member = 3 }]",
        help: "Faults that the run injects, to test supervision. By default none. Each item has a kind: throw or nan (a step towards "
            + "that lead time), hang, abort, kill (the rank's process) or commit (staging a session fails as on a full disk); a member, "
            + "any by default; and how often it happens in the run (times), once by default, or always:\n{ kind = throw, lead-time = "
            + "30h, member = 3, rank = 0, times = 1 }");

    public static IReadOnlyList<InjectedFault> Read(SettingReader reader) => reader.Get(Faults);

    private static bool TryRead(SettingReader reader, string key, HoconValue value, out IReadOnlyList<InjectedFault> faults)
    {
        faults = [];
        if (value is not HoconArray list || list.Items.Any(item => item is not HoconObject))
            return false;
        faults = [.. list.Items.Cast<HoconObject>().Select((item, i) => Read(reader.Within(item, $"{key}[{i}]."), item))];
        return true;
    }

    private static InjectedFault Read(SettingReader reader, HoconObject item)
    {
        foreach (var name in item.Keys.Where(name => !Names.Contains(name)))
            reader.Wrong(name, item[name], "an unknown setting", $"one of {string.Join(", ", Names)}");
        return new InjectedFault(
            reader.Read("kind", Kind, FaultKind.Throw, isRequired: true),
            reader.Read("lead-time", LeadTime, TimeSpan.Zero, isRequired: true),
            reader.Read("member", Member, null),
            reader.Read("rank", Rank, 0),
            reader.Read("times", Times, 1));
    }

    private static JsonObject Write(InjectedFault fault)
    {
        var json = new JsonObject
        {
            ["kind"] = Kind.Write(fault.Kind),
            ["lead-time"] = LeadTime.Write(fault.LeadTime),
            ["rank"] = fault.Rank,
            ["times"] = Times.Write(fault.Times),
        };
        if (fault.Member is { } member)
            json["member"] = member;
        return json;
    }
}
