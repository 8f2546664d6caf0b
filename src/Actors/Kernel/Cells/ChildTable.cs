using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Cells;

/// <summary>
/// An actor's children, those of them that are stopping, and what the actor will do once these have stopped. Locked, since the
/// guardian's children are created from any thread.
/// </summary>
internal sealed class ChildTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ChildState> _children = new(StringComparer.Ordinal);
    private readonly HashSet<LocalActorRef> _stopping = [];
    private long _named;
    private Purpose _purpose;

    /// <summary>What an actor waits for its stopping children for.</summary>
    public enum Purpose
    {
        /// <summary>Nothing: they were told to stop, and it goes on meanwhile.</summary>
        None,
        Create,
        Restart,
        Terminate,
    }

    /// <summary>Whether signals that change the actor's state have to wait.</summary>
    public bool HoldsUp => _purpose is Purpose.Create or Purpose.Restart;

    public bool IsTerminating => _purpose == Purpose.Terminate;

    /// <summary>Whether the actor does not wait for anything.</summary>
    public bool IsIdle => _purpose == Purpose.None;

    public LocalActorRef Add(string? name, Func<string, LocalActorRef> create)
    {
        lock (_lock)
        {
            if (IsTerminating)
            {
                throw new InvalidOperationException("Cannot create child while terminating or terminated");
            }

            name ??= ChildNames.Nth(_named++);
            if (_children.ContainsKey(name))
            {
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            }

            var child = create(name);
            _children.Add(name, new ChildState(child));
            return child;
        }
    }

    public LocalActorRef? Find(string name)
    {
        lock (_lock)
        {
            return _children.GetValueOrDefault(name)?.Child;
        }
    }

    public ChildState? Find(IActorRef child)
    {
        lock (_lock)
        {
            return _children.GetValueOrDefault(child.Path.Name) is { } state && state.Child.Equals(child) ? state : null;
        }
    }

    public List<ChildState> All()
    {
        lock (_lock)
        {
            return [.. _children.Values];
        }
    }

    /// <summary>Notes that a child was told to stop. Its name stays taken until it has.</summary>
    public void MarkStopping(LocalActorRef child)
    {
        lock (_lock)
        {
            if (Find((IActorRef)child) is not null)
            {
                _stopping.Add(child);
            }
        }
    }

    /// <summary>Refuses new children from now on, and gives those that there are: all of them have to stop.</summary>
    public List<ChildState> BeginTermination()
    {
        lock (_lock)
        {
            _purpose = Purpose.Terminate;
            foreach (var state in _children.Values)
            {
                _stopping.Add(state.Child);
            }

            return [.. _children.Values];
        }
    }

    /// <summary>True if there are stopping children to wait for. When the last has stopped, <see cref="Remove"/> gives the
    /// purpose back.</summary>
    public bool WaitFor(Purpose purpose)
    {
        lock (_lock)
        {
            if (_stopping.Count == 0)
            {
                return false;
            }

            _purpose = purpose;
            return true;
        }
    }

    /// <summary>A child has stopped. Gives what was waited for, if this was the last one to wait for.</summary>
    public Purpose Remove(LocalActorRef child)
    {
        lock (_lock)
        {
            _children.Remove(child.Path.Name);
            if (!_stopping.Remove(child) || _stopping.Count > 0)
            {
                return Purpose.None;
            }

            var reached = _purpose;
            _purpose = reached == Purpose.Terminate ? Purpose.Terminate : Purpose.None;
            return reached;
        }
    }
}
