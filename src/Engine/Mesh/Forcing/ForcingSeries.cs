namespace Cairn.Engine.Mesh.Forcing;

/// <summary>What a weather station saw: a row of values for each interval, from the first on without gaps.</summary>
/// <param name="source">Where it comes from, for messages.</param>
/// <param name="start">When the first row's interval begins.</param>
/// <param name="interval">How long a row holds.</param>
/// <param name="columns">What is in a row: <c>t</c> (°C), <c>rh</c> (%), <c>u</c> (m/s), <c>vw_dir</c> (°), <c>p</c> (mm in the
/// interval), <c>Qsi</c> (W/m²), as CHM names them.</param>
/// <param name="values"><c>[row, column]</c>.</param>
public sealed class ForcingSeries(string source, DateTime start, TimeSpan interval, IReadOnlyList<string> columns, double[] values)
{
    public string Source { get; } = source;
    public DateTime Start { get; } = start;
    public TimeSpan Interval { get; } = interval;
    public IReadOnlyList<string> Columns { get; } = columns;
    public int Rows => values.Length / Columns.Count;

    /// <summary>When the last row's interval ends.</summary>
    public DateTime End => Start + (Rows * Interval);

    /// <summary>The row whose interval begins at a time.</summary>
    /// <exception cref="DataException">There is none; the message names the file and its range.</exception>
    public ForcingRow At(DateTime time)
    {
        var (row, rest) = Math.DivRem(time.Ticks - Start.Ticks, Interval.Ticks);
        return rest == 0 && row >= 0 && row < Rows
            ? new ForcingRow(time, values, (int)row * Columns.Count)
            : throw Missing(time);
    }

    /// <summary>Checks beforehand that all steps from one time to another have a row.</summary>
    /// <exception cref="DataException">One has not; the message names the file and its range.</exception>
    public void Require(DateTime from, DateTime to)
    {
        _ = At(from);
        if (to > from)
            _ = At(to - Interval);
    }

    private DataException Missing(DateTime time) => new(
        $"{Source} has no forcing for the step at {Text(time)}; expected a time from {Text(Start)} to {Text(End - Interval)}, every "
        + $"{Interval.TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes. Choose another initial.time, fewer lead times "
        + "or a longer record.");

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}

/// <summary>One row of a <see cref="ForcingSeries"/>.</summary>
public readonly struct ForcingRow
{
    private readonly double[] _values;
    private readonly int _start;

    internal ForcingRow(DateTime time, double[] values, int start) => (Time, _values, _start) = (time, values, start);

    /// <summary>When its interval begins.</summary>
    public DateTime Time { get; }

    /// <summary>A column's value.</summary>
    public double this[int column] => _values[_start + column];
}
