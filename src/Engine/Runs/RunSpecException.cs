using Cairn.Hocon;

namespace Cairn.Engine.Runs;

/// <summary>One mistake in a spec.</summary>
/// <param name="Origin">Where it stands: a file's path, or <c>--set key</c>; the spec's own file for a setting that is missing.</param>
/// <param name="Line">Line in the file, from 1, or null when no line is at fault.</param>
/// <param name="Key">The dotted setting, such as <c>model.step</c>, or empty when the text could not be read at all.</param>
/// <param name="Found">What was found.</param>
/// <param name="Expected">What would do.</param>
public sealed record SpecMistake(string Origin, int? Line, string Key, string Found, string Expected)
{
    /// <summary>Column of that line, from 1, in UTF-16 units, or null where none is at fault.</summary>
    public int? Column { get; init; }

    public override string ToString()
    {
        var text = new StringBuilder(Origin);
        if (Line is { } line)
            text.Append(CultureInfo.InvariantCulture, $":{line}");
        text.Append(": ");
        if (Key.Length > 0)
            text.Append(Key).Append(": ");
        return text.Append("found ").Append(Found).Append("; expected ").Append(Expected).ToString();
    }
}

/// <summary>A spec with mistakes. All of them are reported together, so that one round of corrections is enough.</summary>
public sealed class RunSpecException : SpecException
{
    internal RunSpecException(string spec, IReadOnlyList<SpecMistake> mistakes, Exception? inner = null)
        : base(Describe(spec, mistakes), inner)
        => Mistakes = mistakes;

    /// <summary>A text that could not be read at all.</summary>
    internal static RunSpecException Of(string spec, HoconException e)
    {
        int? line = e.Line > 0 && e.Origin.File is not null ? e.Line : null;
        return new RunSpecException(spec, [new SpecMistake(e.File, line, "", e.Found, e.Expected)], e);
    }

    /// <summary>Every mistake found, by file and line; settings that are missing come last.</summary>
    public IReadOnlyList<SpecMistake> Mistakes { get; }

    private static string Describe(string spec, IReadOnlyList<SpecMistake> mistakes)
    {
        var count = mistakes.Count == 1 ? "1 mistake" : $"{mistakes.Count} mistakes";
        return $"{spec} has {count}:\n" + string.Join('\n', mistakes.Select(m => "  " + m));
    }
}
