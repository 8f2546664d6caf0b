namespace Cairn.Storage.NetCdf;

/// <summary>Which time of a file is wanted.</summary>
public abstract record TimeSelector
{
    private const int Shown = 3;

    private protected TimeSelector() { }

    /// <summary>The only time that the file has.</summary>
    public static TimeSelector Only { get; } = new OnlyTime();

    /// <summary>The time with this index, from 0.</summary>
    public static TimeSelector At(int index) => new AtIndex(index);

    /// <summary>A date (the only time of that day) or a full timestamp (that moment, to the millisecond), in the file's calendar.</summary>
    public static TimeSelector At(string isoText) => new AtTime(isoText);

    /// <summary>As <see cref="At(string)"/>; of fields whose file does not tell their time it is that time (standard calendar).</summary>
    public static TimeSelector AtOrStated(string isoText) => new AtTime(isoText) { States = true };

    /// <summary>A whole number is an index, any other text a date or timestamp, null the only time.</summary>
    public static TimeSelector Parse(string? text) =>
        text is null ? Only : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? At(index) : At(text);

    /// <summary>The index of the wanted time.</summary>
    internal abstract int Select(IReadOnlyList<CfTime> times, string path);

    /// <summary>The time of fields whose file does not contain it.</summary>
    /// <exception cref="DataException">It must be known.</exception>
    internal virtual CfTime? OfUndated(string where, string? unknown) =>
        throw new DataException($"{where} has no time axis, so no time can be selected; leave the time out.");

    private static DataException Undated(string where, string unknown) => new(
        $"{where}: {unknown}. Expected a coordinate with the standard_name \"time\", which the attribute coordinates names. Add it to "
        + "the file, or set the time of the fields (initial.time).");

    private static string Range(IReadOnlyList<CfTime> times) =>
        times.Count == 0 ? "no times" : $"{times.Count} times from {times.Min()} to {times.Max()}";

    private sealed record OnlyTime : TimeSelector
    {
        internal override int Select(IReadOnlyList<CfTime> times, string path) => times.Count == 1
            ? 0
            : throw new DataException($"{path} has {Range(times)}, and none was selected. Select one by date, timestamp or index.");

        internal override CfTime? OfUndated(string where, string? unknown) => unknown is null ? null : throw Undated(where, unknown);
    }

    private sealed record AtIndex(int Index) : TimeSelector
    {
        internal override int Select(IReadOnlyList<CfTime> times, string path) => Index >= 0 && Index < times.Count
            ? Index
            : throw new DataException($"{path} has no time with index {Index}; it has {Range(times)}"
                + (times.Count > 0 ? $", numbered from 0 to {times.Count - 1}." : ". Its axis of times is empty: name another file."));

        internal override CfTime? OfUndated(string where, string? unknown) => (Index, unknown) switch
        {
            (0, null) => null,
            (0, _) => throw Undated(where, unknown),
            _ => base.OfUndated(where, unknown),
        };
    }

    private sealed record AtTime(string Text) : TimeSelector
    {
        internal bool States { get; init; }

        internal override CfTime? OfUndated(string where, string? unknown) =>
            States ? CfTime.Parse(Text, CfCalendar.Standard, out _) : base.OfUndated(where, unknown);

        internal override int Select(IReadOnlyList<CfTime> times, string path)
        {
            if (times.Count == 0)
                throw new DataException($"{path} has no times, so none can be '{Text}'.");

            var wanted = CfTime.Parse(Text, times[0].Calendar, out var hasTime);
            var found = Enumerable.Range(0, times.Count).Where(i => Matches(times[i], wanted, hasTime)).ToList();
            return found.Count switch
            {
                1 => found[0],
                0 => throw new DataException($"{path} has no time {Text}. Nearest: {Nearest(times, wanted)} (of {Range(times)})."),
                _ => throw new DataException(
                    $"{path} has {found.Count} times at {Text}: {string.Join(", ", found.Take(8).Select(i => times[i]))}. Give one of " +
                    "them in full."),
            };
        }

        private static bool Matches(CfTime time, CfTime wanted, bool hasTime) => hasTime
            ? Int128.Abs(time.Microseconds - wanted.Microseconds) < 500
            : (time.Year, time.Month, time.Day) == (wanted.Year, wanted.Month, wanted.Day);

        private static string Nearest(IReadOnlyList<CfTime> times, CfTime wanted) => string.Join(
            ", ", times.OrderBy(time => Int128.Abs(time.Microseconds - wanted.Microseconds)).Take(Shown).Order());
    }
}
