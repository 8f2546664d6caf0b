using System.Text.Json.Serialization;

namespace Cairn.Api.Wire;

/// <summary>What went wrong with a request (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed record Problem
{
    public const string ContentType = "application/problem+json";

    /// <summary>The kind of problem; nothing more than the status says.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The status in words.</summary>
    public required string Title { get; init; }

    /// <summary>The status of the answer.</summary>
    public required int Status { get; init; }

    /// <summary>What was found, what was expected, and what to do next.</summary>
    public required string Detail { get; init; }

    /// <summary>The path that was asked for.</summary>
    public string? Instance { get; init; }

    /// <summary>Every mistake of a spec; null where no spec is at fault.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MistakeWire>? Errors { get; init; }
}

/// <summary>A mistake in a spec.</summary>
/// <param name="Setting">The dotted setting; empty when the text could not be read at all.</param>
/// <param name="Line">From 1; null where no line is at fault.</param>
/// <param name="Column">From 1, likewise.</param>
/// <param name="Found">What was found.</param>
/// <param name="Expected">What would do.</param>
/// <param name="Message">All of that in a sentence.</param>
public sealed record MistakeWire(string Setting, int? Line, int? Column, string Found, string Expected, string Message);
