using Cairn.Hocon;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>A setting of a resolved spec.</summary>
/// <param name="Key">Its dotted key.</param>
/// <param name="Value">Its value as a spec writes it; in words where there is none.</param>
/// <param name="From">Where it comes from: a file and line, <c>--set</c>, a variable of the environment, or <c>default</c>.</param>
public sealed record ResolvedSetting(string Key, string Value, string From)
{
    /// <summary>Every setting that a spec has, in the order of <c>run.json</c>.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="given">What it was read from.</param>
    internal static IReadOnlyList<ResolvedSetting> Of(RunSpec spec, HoconObject given) =>
    [
        .. RunSettings.Of(spec).Select(setting => new ResolvedSetting(
            setting.Key, setting.Write(spec) is { } value ? SpecText.Hocon(value) : setting.Unset ?? "none",
            Origin(given.Find(setting.Key.Split('.'))?.Origin))),
    ];

    private static string Origin(HoconOrigin? origin) => origin switch
    {
        null => "default",
        { File: { } file } => FormattableString.Invariant($"{Near(file)}:{origin.Line}"),
        _ => origin.Source.StartsWith("--set ", StringComparison.Ordinal) ? "--set" : origin.Source,
    };

    private static string Near(string file)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), file);
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }
}
