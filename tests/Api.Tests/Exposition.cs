using System.Globalization;
using System.Text;

namespace Cairn.Api.Tests;

/// <summary>A sample of a metric.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>A metric with all its samples.</summary>
internal sealed record MetricFamily(string Name, string Type, string Help, IReadOnlyList<Sample> Samples);

/// <summary>
/// Reads Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats), and takes nothing that the format
/// does not allow; histograms have to add up, and counters end in _total.
/// </summary>
internal sealed class Exposition
{
    private static readonly string[] Types = ["counter", "gauge", "histogram", "summary", "untyped"];
    private readonly List<MetricFamily> _families = [];
    private readonly HashSet<string> _series = new(StringComparer.Ordinal);
    private string _name = "", _type = "", _help = "";
    private List<Sample> _samples = [];

    private Exposition()
    {
    }

    /// <summary>The metrics by their names.</summary>
    public static IReadOnlyDictionary<string, MetricFamily> Read(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var read = new Exposition();
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("# EOF", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain('\r', line);
            read.Take(line);
        }

        read.End();
        return read._families.ToDictionary(f => f.Name, StringComparer.Ordinal);
    }

    private void Take(string line)
    {
        var words = line.Split(' ', 4);
        if (words[0] == "#" && words[1] is "TYPE" or "HELP")
        {
            if (words[2] != _name)
            {
                End();
                _name = words[2];
                Assert.True(IsName(_name, ':'), line);
            }

            Assert.True(_samples.Count == 0, $"{line} comes after the first sample");
            (_type, _help) = words[1] == "TYPE" ? (Once(_type, words[3]), _help) : (_type, Once(_help, words[3]));
        }
        else if (words[0] != "#")
        {
            _samples.Add(SampleOf(line));
        }
    }

    private static string Once(string before, string now)
    {
        Assert.Equal("", before);
        return now;
    }

    private Sample SampleOf(string line)
    {
        var at = line.IndexOfAny(['{', ' ']);
        var name = line[..at];
        var labels = line[at] == '{' ? Labels(line, ref at) : [];
        var rest = line[at..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(rest.Length is 1 or 2, line);
        Assert.True(rest.Length == 1 || long.TryParse(rest[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _), line);
        Assert.Contains(name, _type == "histogram" ? new[] { $"{_name}_bucket", $"{_name}_sum", $"{_name}_count" } : [_name]);
        Assert.True(_series.Add(name + string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal))), $"{line} comes twice");
        return new Sample(name, labels, Number(rest[0]));
    }

    private static Dictionary<string, string> Labels(string line, ref int at)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        at++;
        while (line[at] != '}')
        {
            var equals = line.IndexOf('=', at);
            var (name, value) = (line[at..equals], new StringBuilder());
            Assert.True(IsName(name) && line[equals + 1] == '"', line);
            for (at = equals + 2; line[at] != '"'; at++)
            {
                value.Append(line[at] != '\\' ? line[at] : line[++at] switch
                {
                    'n' => '\n', '\\' => '\\', '"' => '"', var other => throw new FormatException($"\\{other} in {line}"),
                });
            }

            labels.Add(name, value.ToString());
            at += line[at + 1] == ',' ? 2 : 1;
        }

        at++;
        return labels;
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static bool IsName(string text, char more = '_') => text.Length > 0 && !char.IsAsciiDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_' || c == more);

    private void End()
    {
        if (_name.Length > 0)
        {
            Assert.Contains(_type, Types);
            Assert.True(_type != "counter" || _name.EndsWith("_total", StringComparison.Ordinal), $"{_name} is a counter");
            Assert.NotEmpty(_samples);
            Assert.DoesNotContain(_families, f => f.Name == _name);
            _families.Add(new MetricFamily(_name, _type, _help, _samples));
            AddUp(_families[^1]);
        }

        (_name, _type, _help, _samples) = ("", "", "", []);
    }

    private static void AddUp(MetricFamily family)
    {
        static string Of(Sample s) => string.Join(',', s.Labels.Where(l => l.Key != "le").OrderBy(l => l.Key, StringComparer.Ordinal));
        foreach (var one in family.Type == "histogram" ? family.Samples.GroupBy(Of) : [])
        {
            var buckets = one.Where(s => s.Name == $"{family.Name}_bucket").Select(s => (Le: Number(s.Labels["le"]), s.Value)).ToList();
            Assert.Equal(buckets.OrderBy(b => b.Le), buckets);
            Assert.Equal(buckets.Select(b => b.Value).Order(), buckets.Select(b => b.Value));
            Assert.Equal((double.PositiveInfinity, one.Single(s => s.Name == $"{family.Name}_count").Value), buckets[^1]);
            Assert.Single(one, s => s.Name == $"{family.Name}_sum");
        }
    }
}
