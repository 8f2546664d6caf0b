using Cairn.Storage.State;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>Everything that a commit writes, captured: nothing in it changes while it is being written.</summary>
internal sealed record CommitRequest
{
    public required string CheckpointName { get; init; }

    public required CheckpointMode Mode { get; init; }

    public required string CommitId { get; init; }

    public required int Rank { get; init; }

    public required int WorldSize { get; init; }

    public required JObject Labels { get; init; }

    public required IReadOnlyDictionary<string, Payload> Metadata { get; init; }

    public required int WriteCount { get; init; }

    public required IReadOnlyList<StatePayload> States { get; init; }

    public required int Epoch { get; init; }

    public required long Sequence { get; init; }

    public required string? Parent { get; init; }

    /// <summary>The parent's time: a clock that was set back must not put a row before its parent.</summary>
    public required DateTimeOffset? ParentSavedAt { get; init; }

    public IReadOnlyDictionary<string, string>? Fingerprint { get; init; }

    public string? SpecDigest { get; init; }

    /// <summary>Makes durable what the commit refers to but does not contain, such as field output.</summary>
    public Action? BeforeCommit { get; init; }
}
