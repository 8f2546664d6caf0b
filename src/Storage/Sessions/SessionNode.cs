namespace Cairn.Storage.Sessions;

/// <summary>A session's place in its catalog.</summary>
/// <param name="Id">The commit id, or with several ranks the session's name.</param>
/// <param name="Epoch">The epoch that wrote it; 0 for a library checkpoint and for Earth2Studio.</param>
/// <param name="Sequence">Its number in the catalog, or null if Earth2Studio wrote it.</param>
/// <param name="Parent">The session that its writer had restored or written before, or null for a first one.</param>
/// <param name="SavedAt">When it was written, by the writer's clock; orders only what Earth2Studio wrote.</param>
public sealed record SessionNode(string Id, int Epoch, long? Sequence, string? Parent, DateTimeOffset SavedAt);
