using Cairn.Storage.Sessions;

namespace Cairn.Actors.Tests.Runs.Simulation;

/// <summary>The shared file system, as far as sessions and epochs go: what is written is there for all, and stays.</summary>
internal sealed class SimulatedDisk
{
    private readonly Dictionary<int, List<SessionNode>> _sessions = [];
    private readonly Dictionary<int, List<EpochRecord>> _epochs = [];
    private readonly Dictionary<string, int> _leads = [];

    public IReadOnlyList<SessionNode> Sessions(int batch) => _sessions.GetValueOrDefault(batch) ?? [];

    public int HighestEpoch(int batch) => _epochs.GetValueOrDefault(batch)?.Max(e => e.Epoch) ?? 0;

    public int LeadOf(string? session) => session is null ? 0 : _leads[session];

    /// <summary>The sessions that count, oldest first.</summary>
    public IReadOnlyList<SessionNode> Line(int batch) => Lineage.Select(Sessions(batch), _epochs.GetValueOrDefault(batch) ?? []);

    /// <summary>Writes an epoch's record; false when a newer one, or the same, is there already.</summary>
    public bool Begin(int batch, int epoch, SessionNode? from)
    {
        if (HighestEpoch(batch) >= epoch)
            return false;

        List(_epochs, batch).Add(new(epoch, from?.Id, from?.Epoch, from?.Sequence, "", 0, DateTimeOffset.UnixEpoch));
        return true;
    }

    public void Write(int batch, SessionNode session, int lead)
    {
        List(_sessions, batch).Add(session);
        _leads.Add(session.Id, lead);
    }

    /// <summary>Where the lineage is no line, each session's parent before it and at a smaller lead; null when it is one.</summary>
    public string? Fork(int batch)
    {
        string? before = null;
        foreach (var session in Line(batch))
        {
            if (session.Parent != before || LeadOf(session.Id) <= LeadOf(before))
                return $"session {session.Id} (epoch {session.Epoch}, parent {session.Parent}) follows {before}";

            before = session.Id;
        }

        return null;
    }

    private static List<T> List<T>(Dictionary<int, List<T>> lists, int batch) =>
        lists.TryGetValue(batch, out var list) ? list : lists[batch] = [];
}
