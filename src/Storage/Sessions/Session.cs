using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>A row of a batch's catalog that a restart may begin from: the commits of all ranks at one boundary. With one rank the commit is
/// the session.</summary>
public sealed record Session
{
    /// <summary><c>session_&lt;epoch&gt;_&lt;sequence&gt;</c>; the commit id of rank 0 where no session manifest was written (one rank, or
    /// Earth2Studio).</summary>
    public required string Id { get; init; }
    public required int Epoch { get; init; }

    /// <summary>Its number in the catalog; null if Earth2Studio wrote it.</summary>
    public required long? Sequence { get; init; }

    /// <summary>The session that its gang had restored or written before.</summary>
    public required string? Parent { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
    public required int WorldSize { get; init; }

    /// <summary>The commits by rank, all of them unless there is a <see cref="Defect"/>.</summary>
    public required IReadOnlyList<RankManifest> Ranks { get; init; }

    /// <summary>The sharded fields by <c>state_id.field</c>.</summary>
    public IReadOnlyDictionary<string, ShardedField> Fields { get; init; } = new Dictionary<string, ShardedField>();

    /// <summary>Kept on disk beside the catalog.</summary>
    public bool InFallback { get; init; }

    /// <summary>Why it cannot be restored, as far as its manifests show; null when no defect is known.</summary>
    public string? Defect { get; init; }

    /// <summary>Boundaries counted by its writer.</summary>
    public int WriteCount => Ranks.Count > 0 ? Ranks[0].Row.WriteCount : 0;

    /// <summary>Time since the initial condition; null without one.</summary>
    public TimeSpan? LeadTime => Ranks.Count > 0 ? Ranks[0].Row.LeadTime : null;

    /// <summary>What rank 0 recorded.</summary>
    public IReadOnlyDictionary<string, object?> Metadata => Ranks.Count > 0 ? Ranks[0].Row.Metadata : new Dictionary<string, object?>();
    public IReadOnlyDictionary<string, string>? Fingerprint => Ranks.Count > 0 ? Ranks[0].Row.Fingerprint : null;

    /// <summary>The size of all commits.</summary>
    public long Bytes => Ranks.Sum(r => r.Bytes);

    internal SessionNode Node => new(Id, Epoch, Sequence, Parent, SavedAt);

    /// <summary>False when the disk refused for now, so that nothing may be concluded from the defect.</summary>
    internal bool IsDamage { get; init; }

    /// <summary>The manifest's file, or null where none was written.</summary>
    internal string? File { get; init; }

    /// <summary>The commits that its manifest names, there or not.</summary>
    internal IReadOnlyList<(int Rank, string CommitId)> Named { get; init; } = [];
}

/// <summary>A rank's row that belongs to no session: other ranks have none at the same boundary.</summary>
/// <param name="Row">The row.</param>
/// <param name="Defect">What the other ranks lack, or have instead.</param>
public sealed record TornRow(CheckpointRow Row, string Defect);

/// <summary>The sessions of a catalog.</summary>
/// <param name="Sessions">Valid ones that a restart may start from, oldest first.</param>
/// <param name="Torn">Rows that are never offered.</param>
/// <param name="Damaged">Files that cannot be read or are not intact, and were skipped.</param>
public sealed record SessionListing(
    IReadOnlyList<Session> Sessions, IReadOnlyList<TornRow> Torn, IReadOnlyList<CheckpointWarning> Damaged);
