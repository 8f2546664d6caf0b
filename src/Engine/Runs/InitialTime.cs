namespace Cairn.Engine.Runs;

/// <summary>Picks one time of a file: exactly one of the two is set.</summary>
/// <param name="Text">ISO 8601, such as <c>1990-01-16</c> or <c>1990-01-16T12:00:00Z</c>; a bare date selects the one time of that
/// day.</param>
/// <param name="Index">Position on the file's time axis, from 0.</param>
public sealed partial record InitialTime(string? Text, int? Index)
{
    /// <summary>The default, where nothing has a time of its own to count lead times from.</summary>
    internal static InitialTime Usual { get; } = new("2000-01-01", null);

    /// <summary>One of a file's times.</summary>
    internal static SettingType<InitialTime?> OfFile { get; } = SettingTypes.Scalar<InitialTime?>(
        "time or index", "a time such as \"1990-01-16\" or \"1990-01-16T12:00:00Z\", or an index on the file's time axis, from 0",
        TryTime, Write);

    /// <summary>A time that fields are given.</summary>
    internal static SettingType<InitialTime?> Given { get; } = SettingTypes.Scalar(
        "time", "a time such as \"2000-01-01\" or \"2000-01-01T12:00:00Z\"",
        (HoconScalar scalar, out InitialTime? time) =>
        {
            time = new InitialTime(scalar.Text, null);
            return IsTime(scalar.Text);
        },
        Write);

    /// <summary>The time itself, of a source that is given one (<c>SourceKind.TimeIn</c>): in the standard calendar.</summary>
    public CfTime ToTime() => CfTime.Parse(Text!, CfCalendar.Standard, out _);

    public override string ToString() => Text ?? string.Create(CultureInfo.InvariantCulture, $"{Index}");
    private static JsonNode? Write(InitialTime? time) => time?.Index is { } index ? index : time?.Text;

    private static bool TryTime(HoconScalar scalar, out InitialTime? time)
    {
        if (scalar.Kind == HoconScalarKind.Number)
        {
            var isIndex = scalar.TryInt64(out var index) && index is >= 0 and <= int.MaxValue;
            time = isIndex ? new InitialTime(null, (int)index) : null;
            return isIndex;
        }
        time = new InitialTime(scalar.Text, null);
        return IsTime(scalar.Text);
    }

    // Only ranges that hold in every calendar are checked: a model's calendar may well have a 30th of February.
    internal static bool IsTime(string text)
    {
        var match = TimePattern().Match(text);
        return match.Success
            && Number("month") is >= 1 and <= 12
            && Number("day") is >= 1 and <= 31
            && Number("hour") <= 23
            && Number("minute") <= 59
            && Number("second") <= 59;

        int Number(string group)
            => match.Groups[group] is { Success: true } found
                ? int.Parse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
                : 0;
    }

    /// <summary>What a time says, in UTC: minutes and seconds count from the day's midnight, and may lie outside of the day.</summary>
    internal static (int Year, int Month, int Day, int Minutes, decimal Seconds) Parts(string text)
    {
        var match = TimePattern().Match(text);
        var offset = match.Groups["offset"] is { Success: true } given
            ? (Number(given.Value[1..3]) * 60) + Number(given.Value[4..6])
            : 0;
        var minutes = (Number(match.Groups["hour"].Value) * 60) + Number(match.Groups["minute"].Value);
        var seconds = match.Groups["second"].Value + match.Groups["fraction"].Value;
        return (
            Number(match.Groups["year"].Value), Number(match.Groups["month"].Value), Number(match.Groups["day"].Value),
            minutes + (match.Groups["offset"].Value.StartsWith('-') ? offset : -offset),
            seconds.Length == 0 ? 0 : decimal.Parse(seconds, CultureInfo.InvariantCulture));

        static int Number(string digits) => digits.Length == 0 ? 0 : int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"\A(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})" +
        @"([T ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2})(?<fraction>\.[0-9]{1,9})?)?" +
        @"(Z|(?<offset>[+-][0-9]{2}:[0-9]{2}))?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TimePattern();
}
