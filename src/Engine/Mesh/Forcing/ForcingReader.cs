using Cairn.Storage.Words;

namespace Cairn.Engine.Mesh.Forcing;

/// <summary>Reads what a weather station saw, in CHM's tab-separated form or that of Trail Valley Creek.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>CHM's: a line of names, the first of them <c>datetime</c>, then a line a row, with times such as <c>20001001T003000</c>.</item>
/// <item>Trail Valley's: year, decimal day of the year from 1, air temperature (°C), relative humidity (%), wind speed (m/s), wind
/// direction (°), snowfall rate (kg m⁻² s⁻¹); the rate times the interval is <c>p</c>.</item>
/// </list>
/// </remarks>
public static class ForcingReader
{
    /// <summary>Reads a file of either form.</summary>
    /// <exception cref="DataException">It cannot be read, a line does not fit, or its times are not evenly spaced.</exception>
    public static ForcingSeries Read(string path, ForcingFormat format)
    {
        string[] lines;
        try
        {
            lines = [.. File.ReadLines(path).Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {e.Message} Expected the forcing of a mesh model.", e);
        }
        var table = format == ForcingFormat.Chm ? TabSeparated(path, lines) : TrailValley(path, lines);
        return table.Evenly(format == ForcingFormat.Chm ? null : "p");
    }

    private static ForcingTable TabSeparated(string path, string[] lines)
    {
        var names = lines.Length == 0 ? [] : lines[0].Split('\t', StringSplitOptions.TrimEntries);
        if (names.Length < 2 || names[0] != "datetime" || names.Distinct().Count() != names.Length)
            throw new DataException($"{path} begins with '{lines.FirstOrDefault()}'; expected a line of different names with tabs between "
                + "them, the first of them datetime.");
        var table = new ForcingTable(path, [.. names.Skip(1)]);
        for (var i = 1; i < lines.Length; i++)
        {
            var fields = lines[i].Split('\t', StringSplitOptions.TrimEntries);
            var good = DateTime.TryParseExact(fields[0], "yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
            if (!good)
                throw table.Defect(i + 1, $"the time '{fields[0]}'", "one such as 20001001T003000");
            table.Add(i + 1, time, fields[1..]);
        }
        return table;
    }

    private static ForcingTable TrailValley(string path, string[] lines)
    {
        var table = new ForcingTable(path, ["t", "rh", "u", "vw_dir", "p"]);
        for (var i = 0; i < lines.Length; i++)
        {
            var fields = lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2
                || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var year)
                || !double.TryParse(fields[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var day)
                || year is < 1 or > 9998 || day is not (>= 1 and < 368))
            {
                throw table.Defect(i + 1, $"'{lines[i]}'", "a year and a decimal day of it, from 1");
            }
            // Four decimals of a day are nine seconds: the minute that is meant is the nearest one.
            var minutes = Math.Round((day - 1) * 1440);
            table.Add(i + 1, new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minutes), fields[2..]);
        }
        return table;
    }
}

/// <summary>The form of a forcing file (<c>model.forcing-format</c>).</summary>
public enum ForcingFormat
{
    /// <summary>CHM's tab-separated form.</summary>
    Chm,

    /// <summary>That of the record of Trail Valley Creek.</summary>
    TrailValley,
}

/// <summary>The rows of a forcing file as they are read.</summary>
internal sealed class ForcingTable(string path, IReadOnlyList<string> columns)
{
    private readonly List<(int Line, DateTime Time)> _times = [];
    private readonly List<double> _values = [];

    public void Add(int line, DateTime time, string[] fields)
    {
        if (fields.Length != columns.Count)
            throw Defect(line, $"{fields.Length} values", $"{columns.Count}: {string.Join(", ", columns)}");
        for (var i = 0; i < fields.Length; i++)
        {
            var isNumber = double.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
            _values.Add(isNumber && double.IsFinite(value)
                ? value
                : throw Defect(line, $"{columns[i]} = '{fields[i]}'", "a finite number"));
        }
        _times.Add((line, time));
    }

    /// <summary>The rows, whose times must be evenly spaced.</summary>
    public ForcingSeries Evenly(string? rate)
    {
        if (_times.Count < 2)
            throw new DataException($"{path} has {Count.Of(_times.Count, "row")}; expected at least two, which define the interval.");
        var interval = _times[1].Time - _times[0].Time;
        for (var i = 1; i < _times.Count; i++)
        {
            if (interval <= TimeSpan.Zero || _times[i].Time - _times[i - 1].Time != interval)
                throw Defect(_times[i].Line, $"a time {_times[i].Time - _times[i - 1].Time} after that of the row before",
                    $"{(interval > TimeSpan.Zero ? interval : TimeSpan.FromMinutes(30))}, as between the first two");
        }
        if (rate is not null)
        {
            for (var i = columns.ToList().IndexOf(rate); i < _values.Count; i += columns.Count)
                _values[i] *= interval.TotalSeconds;
        }
        return new ForcingSeries(path, _times[0].Time, interval, columns, [.. _values]);
    }

    public DataException Defect(int line, string found, string expected) =>
        new($"{path}, line {line}: found {found}; expected {expected}. Correct the file.");
}
