using System.Globalization;

namespace Cairn.Hocon;

/// <summary>Text that is not HOCON, or that cannot be resolved. It names the place, what was found and what was expected.</summary>
/// <param name="origin">Where it stands.</param>
/// <param name="found">What was found there.</param>
/// <param name="expected">What would do.</param>
/// <param name="inner">The cause, if another error is.</param>
public sealed class HoconException(HoconOrigin origin, string found, string expected, Exception? inner = null)
    : Exception($"{origin}: found {found}; expected {expected}", inner)
{
    /// <summary>Where it stands.</summary>
    public HoconOrigin Origin { get; } = origin;

    /// <summary>The file, or what stands for it (<c>--set a.b</c>).</summary>
    public string File => Origin.Source;

    /// <summary>Line, from 1.</summary>
    public int Line => Origin.Line;

    /// <summary>Column, from 1, in UTF-16 units.</summary>
    public int Column => Origin.Column;

    /// <summary>What was found.</summary>
    public string Found { get; } = found;

    /// <summary>What would do.</summary>
    public string Expected { get; } = expected;
}

/// <summary>Where a value was written.</summary>
/// <param name="Source">What to call the text in messages: a file's path, <c>--set a.b</c>, <c>environment variable X</c>.</param>
/// <param name="Line">Line, from 1; 0 where lines mean nothing.</param>
/// <param name="Column">Column, from 1, in UTF-16 units; 0 where lines mean nothing.</param>
/// <param name="File">The file's absolute path, or null when it is not from a file: what is written there is relative to nothing.</param>
public sealed record HoconOrigin(string Source, int Line, int Column, string? File)
{
    /// <summary>Source, line and column, as editors understand them.</summary>
    public override string ToString()
        => Line == 0 ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}
