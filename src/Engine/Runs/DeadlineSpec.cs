namespace Cairn.Engine.Runs;

/// <summary>By when how many members are to be complete.</summary>
public sealed record DeadlineSpec
{
    /// <summary>By when; null for a run without a deadline.</summary>
    public DeadlineTime? At { get; init; }

    /// <summary>How many members, of all initial times together; null for all.</summary>
    public int? Members { get; init; }

    /// <summary>The priority that the run has at least while its deadline is at risk; null for its own.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether members that are not needed and that no node has begun are dropped while it is at risk.</summary>
    public bool DropLast { get; init; }

    /// <summary>A program and its arguments that is run at each change; empty for none.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>An address that each change is posted to; null for none.</summary>
    public string? Webhook { get; init; }

    /// <summary>The mistake of a deadline that has passed before its run was begun; null where it has not.</summary>
    /// <param name="now">The time.</param>
    /// <param name="source">What to call the spec.</param>
    public RunSpecException? Passed(DateTimeOffset now, string source) => At is { } at && at.Next(now) <= now
        ? new RunSpecException(source, [new SpecMistake(source, null, DeadlineSettings.AtKey, $"\"{at.Text}\", which has passed",
            $"a time after {DeadlineTime.Show(now)}, or a time of day such as \"06:15\", which is the next one after the submission")])
        : null;
}

/// <summary>A time of day in UTC, the next one after a run's submission, or one of a certain day.</summary>
/// <param name="Text">As the spec writes it: <c>06:15</c>, <c>2026-01-30T06:15:00Z</c>.</param>
public sealed record DeadlineTime(string Text)
{
    private static readonly string[] OfDay = ["HH:mm", "HH:mm:ss"], Full = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"];

    internal static SettingType<DeadlineTime?> Type { get; } = Scalar(
        "time", "a time of day in UTC such as \"06:15\", or a time such as \"2026-01-30T06:15:00Z\"",
        (HoconScalar scalar, out DeadlineTime? time) =>
        {
            time = new DeadlineTime(scalar.Text);
            return time.TimeOfDay is not null || time.Certain is not null;
        },
        time => time?.Text);

    private TimeOnly? TimeOfDay =>
        TimeOnly.TryParseExact(Text, OfDay, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private DateTimeOffset? Certain => DateTimeOffset.TryParseExact(
        Text, Full, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
        ? time : null;

    /// <summary>The time itself, UTC: a time of day is the next one after <paramref name="submitted"/>.</summary>
    public DateTimeOffset Next(DateTimeOffset submitted)
    {
        if (TimeOfDay is not { } time)
            return Certain ?? throw new InvalidOperationException($"\"{Text}\" is no time.");
        var today = new DateTimeOffset(submitted.UtcDateTime.Date, TimeSpan.Zero) + time.ToTimeSpan();
        return today > submitted ? today : today.AddDays(1);
    }

    /// <summary>A time for people.</summary>
    internal static string Show(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

internal static class DeadlineSettings
{
    public const string AtKey = "deadline.at", MembersKey = "deadline.members";

    public static readonly SettingSection<DeadlineSpec> Section = new("deadline", spec => spec.Deadline);

    private static readonly Setting<DeadlineTime?> At = Section.Add(
        "at", DeadlineTime.Type, d => d.At, unset: "no deadline", example: "\"06:15\"",
        help: "By when the members are to be complete: a time of day in UTC, which is the next one after the submission, or a time such as "
            + "\"2026-01-30T06:15:00Z\". The run tells when it is at risk, back on time, met or missed; what it computes is the same.");

    private static readonly Setting<int?> Members = Section.Add(
        "members", Maybe(Integer("how many members are to be complete", 1)), d => d.Members, unset: "all", example: "45",
        help: "How many members are to be complete by deadline.at, of all initial times together. One that is lost or dropped is not "
            + "complete. By default all.");

    private static readonly Setting<int?> Priority = Section.Add(
        "priority", Maybe(PlacementSettings.PriorityType), d => d.Priority, unset: "that of the run", example: "10",
        help: "The priority that the run has at least while its deadline is at risk: a cluster gives its waiting batches to nodes before "
            + "those of runs with less. What is under way stays where it is. By default the run keeps its own (priority).");

    private static readonly Setting<bool> DropLast = Section.Add(
        "drop-last", Flag, d => d.DropLast, usual: false,
        help: "Whether members are dropped while the deadline is at risk: whole batches that no node has begun, those with the highest "
            + "numbers first, and only as many as deadline.members can do without. The bytes of the others are the same. Submitted "
            + "again, the run makes up for them.");

    private static readonly Setting<IReadOnlyList<string>> Command = Section.Add(
        "command", Texts, d => d.Command, usual: Given.Of<IReadOnlyList<string>>([]), example: "[\"/usr/local/bin/page\", \"ops\"]",
        help: "A program and its arguments that is run at each change: at risk, back on time, met, missed. It has the facts as JSON on "
            + "standard input and in CAIRN_ variables. The seed with the registry of runs runs it, or cairn run.");

    private static readonly Setting<string?> Webhook = Section.Add(
        "webhook", MaybeText("an address such as \"https://hooks.example/cairn\"", IsAddress), d => d.Webhook, unset: "none",
        example: "\"https://hooks.example/cairn\"",
        help: "An address that the same facts are posted to as JSON. An alert that fails is tried again a few times, and stops no run.");

    public static DeadlineSpec Read(SettingReader reader)
    {
        var (command, webhook) = (reader.Get(Command), reader.Get(Webhook));
        reader.Context.Rules?.CheckAlert(reader, (Command.Key, command), (Webhook.Key, webhook));
        return new()
        {
            At = reader.Get(At), Members = reader.Get(Members), Priority = reader.Get(Priority), DropLast = reader.Get(DropLast),
            Command = command, Webhook = webhook,
        };
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>Notes what does not fit the ensemble.</summary>
    public static void Check(SettingReader reader, RunSpec spec)
    {
        var (deadline, all) = (spec.Deadline, (long)spec.Ensemble.Size * spec.Initial.TimeCount);
        if (deadline.Members > all)
        {
            var where = spec.Initial.TimeCount == 1 ? "ensemble.size" : "ensemble.size of all initial times";
            reader.Wrong(MembersKey, reader.Find(MembersKey), string.Create(CultureInfo.InvariantCulture, $"at most {where} = {all}"));
        }
        if (deadline.DropLast && (spec.Initial.TimeCount > 1 || deadline.Members is null))
            reader.Wrong(DropLast.Key, reader.Find(DropLast.Key), spec.Initial.TimeCount > 1 ? "false for a run of several initial times"
                : "deadline.members beside it, fewer than ensemble.size: all are needed otherwise");
        var hasMore = deadline is not { Members: null, Priority: null, DropLast: false, Command: [], Webhook: null };
        if (deadline.At is null && hasMore && reader.Find(AtKey) is null)
            reader.Wrong(AtKey, null, "a time such as \"06:15\", since there is more that is said of a deadline");
    }
}
