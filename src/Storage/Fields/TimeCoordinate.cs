using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields;

/// <summary>The unit in which lead times are whole numbers.</summary>
internal sealed record LeadTimeUnit(string Name, long Seconds)
{
    internal static LeadTimeUnit Of(IReadOnlyList<TimeSpan> leadTimes)
    {
        return All().First(unit => leadTimes.All(time => (long)time.TotalSeconds % unit.Seconds == 0));
    }

    internal static LeadTimeUnit Named(string? name) => Array.Find(All(), unit => unit.Name == name)
        ?? throw new FormatException($"lead times are in '{name}', not in hours, minutes or seconds");

    private static LeadTimeUnit[] All() => [new("hours", 3600), new("minutes", 60), new("seconds", 1)];
}

/// <summary>Initial times as whole numbers with CF units.</summary>
internal sealed record TimeCoordinate(string Units, IReadOnlyList<long> Values)
{
    internal static TimeCoordinate Of(params IReadOnlyList<CfTime> times)
    {
        string[] candidates = ["hours since 1970-01-01", "seconds since 1970-01-01", "microseconds since 1970-01-01"];
        foreach (var units in candidates)
        {
            var unit = CfTimeUnits.Parse(units, CfCalendars.Name(times[0].Calendar));
            var values = times.Select(unit.Encode).ToList();
            if (values.All(value => value == Math.Floor(value)))
            {
                return new TimeCoordinate(units, [.. values.Select(value => (long)value)]);
            }
        }

        throw new SpecException($"The initial time {string.Join(", ", times)} cannot be stored; expected a whole number of microseconds.");
    }
}
