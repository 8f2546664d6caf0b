namespace Cairn.Engine.Runs;

/// <summary>The initial times of a run: usually one, several of a hindcast.</summary>
/// <param name="First">The first; null where the source itself has it.</param>
/// <param name="Later">Those after it, growing; empty for one.</param>
public sealed record InitialTimes(InitialTime? First, IReadOnlyList<InitialTime> Later)
{
    /// <summary>How many initial times a run may have.</summary>
    public const int Most = 10_000;

    private const string Forms = "a list of such times, each later than the one before, or a range "
        + "{ from = \"2024-01-01\", to = \"2024-01-31\", every = 1d } with its end";

    /// <summary>Some of a file's times.</summary>
    internal static SettingType<InitialTimes> OfFile { get; } = TypeOf(InitialTime.OfFile);

    /// <summary>Times that fields are given.</summary>
    internal static SettingType<InitialTimes> Given { get; } = TypeOf(InitialTime.Given);

    /// <summary>One, or none where the source itself has it.</summary>
    internal static InitialTimes Of(InitialTime? first) => new(first, []);

    private static SettingType<InitialTimes> TypeOf(SettingType<InitialTime?> one) => new(
        $"{one.Name}, list or range", $"{one.Expected}, {Forms}",
        (SettingReader reader, string key, HoconValue value, out InitialTimes times) =>
        {
            times = Of(null);
            if (value is HoconScalar)
            {
                var isGood = one.TryRead(reader, key, value, out var first);
                times = Of(first);
                return isGood;
            }
            var read = value is HoconArray list ? ReadList(reader, key, list) : ReadRange(reader, key, (HoconObject)value);
            times = read is [var earliest, .. var later] ? new(earliest, later) : times;
            return true;
        },
        times => Write(times, one))
    {
        Otherwise = Of(null),
        Entries = (key, value) => value is JsonArray list
            ? list.Select((time, i) => new SpecEntry(i == 0 ? key : KeyOf(key, i), SpecText.Plain(time)))
            : [new SpecEntry(key, SpecText.Plain(value))],
    };

    /// <summary>The key that one of several times is compared under.</summary>
    internal static string KeyOf(string key, int index) => string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]");

    private static JsonNode? Write(InitialTimes times, SettingType<InitialTime?> one) => times.Later.Count == 0
        ? one.Write(times.First)
        : new JsonArray([.. times.Later.Prepend(times.First).Select(one.Write)]);

    /// <summary>The times of a list; null, and what is wrong is noted, where it is none.</summary>
    private static List<InitialTime>? ReadList(SettingReader reader, string key, HoconArray list)
    {
        const string expected = "a time such as \"1990-01-16\" or \"1990-01-16T12:00:00Z\", later than the one before";
        var times = new List<InitialTime>();
        foreach (var item in list.Items)
        {
            if (item is not HoconScalar scalar || !InitialTime.IsTime(scalar.Text)
                || (times.Count > 0 && Order(scalar.Text) <= Order(times[^1].Text!)))
            {
                reader.Wrong(key, item, string.Create(
                    CultureInfo.InvariantCulture, $"{SettingReader.Show(item)} as entry {times.Count + 1}"), expected);
                return null;
            }
            times.Add(new InitialTime(scalar.Text, null));
        }
        return Counted(reader, key, list, times);
    }

    private static List<InitialTime>? Counted(SettingReader reader, string key, HoconValue value, List<InitialTime> times)
    {
        if (times.Count is >= 1 and <= Most)
            return times;
        reader.Wrong(key, value, string.Create(CultureInfo.InvariantCulture, $"{times.Count} times"),
            string.Create(CultureInfo.InvariantCulture, $"1 to {Most} initial times"));
        return null;
    }

    /// <summary>The times of a range, counted in the calendar <c>standard</c>; null, and what is wrong is noted, for none.</summary>
    private static List<InitialTime>? ReadRange(SettingReader reader, string key, HoconObject range)
    {
        var mistakes = reader.Mistakes.Count;
        foreach (var unknown in range.Keys.Except(["from", "to", "every"]))
            reader.Wrong($"{key}.{unknown}", range[unknown], "an unknown setting", "from, to and every");
        var from = Moment(reader, $"{key}.from");
        var to = Moment(reader, $"{key}.to");
        var wholeSeconds = SettingTypes.Duration(
            "a time of whole seconds with its unit, such as 1d",
            step => step > TimeSpan.Zero && step.Ticks % TimeSpan.TicksPerSecond == 0);
        var every = reader.Read($"{key}.every", wholeSeconds, TimeSpan.FromDays(1), isRequired: true);
        if (reader.Mistakes.Count > mistakes)
            return null;
        if (to < from)
        {
            reader.Wrong($"{key}.to", range["to"], $"a time not before from = {from}");
            return null;
        }
        var times = new List<InitialTime>();
        var named = from.TimeOfDay == TimeSpan.Zero && every.Ticks % TimeSpan.TicksPerDay == 0;
        for (var time = from; time <= to && times.Count <= Most; time = time.Add(every))
            times.Add(new InitialTime(named ? $"{time}"[..10] : Short(time), null));
        return Counted(reader, key, range, times);
    }

    private static string Short(CfTime time) => time.TimeOfDay.Ticks % TimeSpan.TicksPerMinute == 0 ? $"{time}"[..^3] : $"{time}";

    private static CfTime Moment(SettingReader reader, string key)
    {
        var type = InitialTime.Given with
        {
            TryRead = (SettingReader inner, string at, HoconValue value, out InitialTime? time) =>
                InitialTime.Given.TryRead(inner, at, value, out time) && Exists(time!.Text!),
        };
        return reader.Read(key, type, InitialTime.Usual, isRequired: true)!.ToTime();
    }

    private static bool Exists(string text)
    {
        try
        {
            _ = CfTime.Parse(text, CfCalendar.Standard, out _);
            return true;
        }
        catch (DataException)
        {
            return false;
        }
    }

    /// <summary>Puts times in order, whatever the calendar, in which there may be a 30th of February: it is known once the source is read,
    /// and the times themselves are compared then.</summary>
    private static decimal Order(string text)
    {
        var at = InitialTime.Parts(text);
        return ((((((at.Year * 12m) + at.Month) * 31m) + at.Day) * 1440m + at.Minutes) * 60m) + at.Seconds;
    }
}
