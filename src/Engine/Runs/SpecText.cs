using System.Globalization;
using Cairn.Engine.Models.ShallowWater;

namespace Cairn.Engine.Runs;

/// <summary>Values as a spec writes them.</summary>
internal static class SpecText
{
    /// <summary>The spec's word for a kind; the words are settled here and nowhere else.</summary>
    public static string Word(Enum value) => value switch
    {
        ModelKind.TorchScript or DiagnosticKind.TorchScript => "torchscript",
        ModelKind.ShallowWater => "shallow-water",
        ShallowWaterScheme.PotentialEnstrophy => "potential-enstrophy",
        InitialSource.NetCdf => "netcdf",
        _ => Hyphenated(value.ToString()),
    };

    private static string Hyphenated(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>The largest unit that gives a whole number: 30m, 6h, 10d.</summary>
    public static string Duration(TimeSpan value)
    {
        (long Ticks, string Unit)[] units =
        [
            (TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"),
            (TimeSpan.TicksPerSecond, "s"), (TimeSpan.TicksPerMillisecond, "ms"), (TimeSpan.TicksPerMicrosecond, "us"),
        ];
        foreach (var (ticks, unit) in units)
        {
            if (value.Ticks % ticks == 0)
            {
                return (value.Ticks / ticks).ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return (value.Ticks * 100).ToString(CultureInfo.InvariantCulture) + "ns";
    }

    public static string OffOr(TimeSpan? value) => value is { } duration ? Duration(duration) : "off";

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string List(IReadOnlyList<string>? values) => values is null ? "all" : $"[{string.Join(", ", values)}]";

    public static string Range(DegreeRange? range)
        => range is null ? "all" : $"[{Number(range.From)}, {Number(range.To)}]";
}
