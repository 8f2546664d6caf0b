namespace Cairn.Engine.Verification;

/// <summary>Fields that anomalies are from: those of one time for the whole year, or of several, such as <c>cdo ymonmean</c> makes. Of
/// twelve months that of the month counts, wherever in it its time lies; of others the one nearest in the year.</summary>
/// <param name="onGrid">Brings them to the grid on which they are needed.</param>
internal sealed class Climatology(InitialSpec source, Func<InitialCondition, double[]> onGrid)
{
    private const int Months = 12;

    private readonly IReadOnlyList<CfTime> _times =
        source.Source == NetCdfSource.Name ? NetCdfFields.TimesAlong(source.Path, source.Variables[0].FileVariable) : [];

    private (CfTime? Time, double[] Fields)? _last;

    /// <summary>The fields for a moment.</summary>
    public double[] At(CfTime moment)
    {
        CfTime? time = _times.Count > 1 ? Nearest(_times, moment) : null;
        if (_last is not { } last || last.Time != time)
        {
            last = (time, onGrid(time is { } known ? InitialSources.Read(source, known) : InitialSources.Read(source)));
            _last = last;
        }
        return last.Fields;
    }

    /// <summary>The one of several times that stands for the season of a moment.</summary>
    internal static CfTime Nearest(IReadOnlyList<CfTime> times, CfTime moment) =>
        times.Count == Months && times.Select(time => time.Month).Distinct().Count() == Months
            ? times.First(time => time.Month == moment.Month)
            : times.MinBy(time => Apart(MonthsOf(time), MonthsOf(moment)));

    private static double Apart(double months, double other) =>
        Math.Min(Math.Abs(months - other), Months - Math.Abs(months - other));

    /// <summary>How much of a year has passed, of any calendar, in months of 31 days.</summary>
    private static double MonthsOf(CfTime time) => time.Month + ((time.Day + time.TimeOfDay.TotalDays) / 31);
}
