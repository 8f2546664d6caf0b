using System.Text.Json.Serialization;

namespace Cairn.Api.Wire;

/// <summary>A refused request (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed record Problem
{
    public const string ContentType = "application/problem+json";

    /// <summary>The kind of problem; <c>about:blank</c> if the status says everything.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The status in words.</summary>
    public required string Title { get; init; }

    /// <summary>The status of the answer.</summary>
    public required int Status { get; init; }

    /// <summary>What was found, what was expected, and what to do next.</summary>
    public required string Detail { get; init; }

    /// <summary>The path of the request.</summary>
    public string? Instance { get; init; }

    /// <summary>Every mistake of a spec; null if no spec is at fault.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MistakeWire>? Errors { get; init; }
}

/// <summary>A mistake in a spec.</summary>
/// <param name="Setting">The setting, dotted; empty if the text could not be read at all.</param>
/// <param name="Line">From 1; null if no line is at fault.</param>
/// <param name="Column">From 1, likewise.</param>
/// <param name="Found">What was found.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Message">All of that in one sentence.</param>
public sealed record MistakeWire(string Setting, int? Line, int? Column, string Found, string Expected, string Message);
