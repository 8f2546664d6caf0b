namespace Cairn.Storage.Catalog;

/// <summary>
/// All open sessions of this process, opened by any flow of control, so that a flow that finds none can be told about them.
/// </summary>
internal sealed class OpenSessions
{
    private readonly Lock _lock = new();
    private readonly HashSet<Type> _told = [];
    private List<WeakReference<CheckpointSession>> _sessions = [];
    private long _count;

    /// <summary>Adds one that is being entered. Returns its number in the order of entering.</summary>
    public long Add(CheckpointSession session)
    {
        lock (_lock)
        {
            _sessions = [.. _sessions.Where(s => s.TryGetTarget(out var known) && known.IsOpen && known != session), new(session)];
            return ++_count;
        }
    }

    /// <summary>Says, once for each type, that a state was bound to nothing though a session is open.</summary>
    public void WarnOfUnseen(Type state)
    {
        CheckpointSession? open;
        lock (_lock)
        {
            open = _sessions.Select(s => s.TryGetTarget(out var session) && session.IsOpen ? session : null)
                .LastOrDefault(s => s is not null);
            if (open is null || !_told.Add(state))
            {
                return;
            }
        }

        CheckpointWarning.ToStandardError(new CheckpointWarning(
            open.Checkpoint.RankPath,
            $"{state} was bound where no session is visible, while {open} of the checkpoint {open.Checkpoint.Name} is open: "
            + "it was opened in another flow of control (a method that was awaited, or another thread).",
            "The state is not stored. Bind it with session.Bind, or call session.Enter() where components are created."));
    }
}
