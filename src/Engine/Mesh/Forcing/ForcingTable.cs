using System.Globalization;
using Cairn.Storage.Words;

namespace Cairn.Engine.Mesh.Forcing;

/// <summary>The rows of a forcing file as they are read.</summary>
internal sealed class ForcingTable(string path, IReadOnlyList<string> columns)
{
    private readonly List<(int Line, DateTime Time)> _times = [];
    private readonly List<double> _values = [];

    public void Add(int line, DateTime time, string[] fields)
    {
        if (fields.Length != columns.Count)
        {
            throw Defect(line, $"{fields.Length} values", $"{columns.Count}: {string.Join(", ", columns)}");
        }

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
    /// <param name="rate">A column that is a rate in 1/s, and becomes an amount of the interval; or null.</param>
    public ForcingSeries Evenly(string? rate)
    {
        if (_times.Count < 2)
        {
            throw new DataException($"{path} has {Count.Of(_times.Count, "row")}; expected at least two, which define the interval.");
        }

        var interval = _times[1].Time - _times[0].Time;
        for (var i = 1; i < _times.Count; i++)
        {
            if (interval <= TimeSpan.Zero || _times[i].Time - _times[i - 1].Time != interval)
            {
                throw Defect(_times[i].Line, $"a time {_times[i].Time - _times[i - 1].Time} after that of the row before",
                    $"{(interval > TimeSpan.Zero ? interval : TimeSpan.FromMinutes(30))}, as between the first two");
            }
        }

        if (rate is not null)
        {
            for (var i = columns.ToList().IndexOf(rate); i < _values.Count; i += columns.Count)
            {
                _values[i] *= interval.TotalSeconds;
            }
        }

        return new ForcingSeries(path, _times[0].Time, interval, columns, [.. _values]);
    }

    public DataException Defect(int line, string found, string expected) =>
        new($"{path}, line {line}: found {found}; expected {expected}. Correct the file.");
}
