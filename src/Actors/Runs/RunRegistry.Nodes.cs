using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>Messages from and about nodes, and what the registry passes on.</summary>
public sealed partial class RunRegistry
{
    private readonly NodeTable _nodes = new();
    private readonly Dictionary<string, IActorRef> _refs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeHello> _hellos = new(StringComparer.Ordinal);

    private void Nodes()
    {
        Command<NodeHello>(OnHello);
        Command<NodeLeaves>(leaves =>
        {
            Gone(leaves.Id, inOrder: true, "its node left");
            Sender.Tell(new NodeKnown(_incarnation, 0));
        });
        Command<Terminated>(OnTerminated);
        Command<NodeRemoved>(OnRemoved);
        Command<NodeSilent>(silent =>
        {
            _nodes.Silent(silent.Address, silent.Since, Now);
            Log.Warning("{0} has been silent for {1:0.0} s", string.Join(", ", _nodes.Of(silent.Address)), silent.Since.TotalSeconds);
        });
        Command<NodeHeard>(heard =>
        {
            _nodes.HeardAgain(heard.Address);
            PlaceSoon();
        });
        Command<DrainNode>(OnDrain);
        Command<Look>(_ => OnLook());
    }

    private void OnHello(NodeHello hello)
    {
        var id = hello.Node.Id;
        var isNew = !_refs.ContainsKey(id);
        if (!_nodes.Heard(hello, Now, _setup.Time.GetUtcNow()))
        {
            if (!_nodes.IsPresent(id))
            {
                Sender.Tell(new NodeDismissed(id, "it was removed, and its batches are granted to others"));
            }

            return;
        }

        if (isNew)
        {
            Log.About(null, node: id).Info(
                "node {0} joined: {1} slots ({2})", id, hello.Node.Slots, string.Join(", ", hello.Node.Devices));
            _refs[id] = Sender;
            Context.Watch(Sender);
            PlaceSoon();
        }

        foreach (var broken in hello.Holds.Where(h => h.Broken is not null && _active.ContainsKey(h.RunId)))
        {
            _active[broken.RunId].Keeper.Tell(new GrantBroken(broken.Batch, broken.GrantEpoch, broken.Broken!));
        }

        _hellos[id] = hello;
        Sender.Tell(new NodeKnown(_incarnation, hello.Number));
        var books = _active.Values.ToDictionary(r => r.Id, r => r.Book, StringComparer.Ordinal);
        foreach (var order in _nodes.Reconcile(hello, books))
        {
            Sender.Tell(order);
        }
    }

    /// <summary>A run's journal is read: what nodes said of it before can be answered now.</summary>
    private void Remind(string run, RunBook book)
    {
        var books = new Dictionary<string, RunBook?>(StringComparer.Ordinal) { [run] = book };
        foreach (var (id, hello) in _hellos)
        {
            foreach (var order in _nodes.Reconcile(hello with { Holds = [.. hello.Holds.Where(h => h.RunId == run)] }, books))
            {
                TellNode(id, order);
            }
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_refs.FirstOrDefault(r => r.Value.Equals(terminated.ActorRef)).Key is { } id)
        {
            Gone(id, inOrder: false, $"node {id} was lost");
            return;
        }

        foreach (var run in _active.Values)
        {
            run.Watchers.Remove(terminated.ActorRef);
        }
    }

    /// <summary>Also of a node that this registry does not know: its grants are known by its address.</summary>
    private void OnRemoved(NodeRemoved removed)
    {
        var missing = _nodes.Missing(Books()).Where(n => n.Address == removed.Address).Select(n => n.Id);
        foreach (var id in _nodes.Of(removed.Address).Concat(missing).ToList())
        {
            Gone(id, inOrder: false, $"node {id} was removed from the cluster");
        }
    }

    private void Gone(string id, bool inOrder, string cause)
    {
        if (_nodes.IsPresent(id))
        {
            Log.About(null, node: id).Info("node {0} {1}", id, inOrder ? "left" : $"is gone: {cause}");
        }

        _nodes.Gone(id, inOrder, Now);
        _hellos.Remove(id);
        if (_refs.Remove(id, out var node))
        {
            Context.Unwatch(node);
        }

        foreach (var run in _active.Values)
        {
            run.Keeper.Tell(new NodeGone(id, inOrder, cause));
        }

        PlaceSoon();
    }

    private void OnDrain(DrainNode drain)
    {
        if (_nodes.Drain(drain.Id))
        {
            TellNode(drain.Id, new NodeDrain("asked through the registry"));
            Sender.Tell(new NodeTold(drain.Id));
        }
        else
        {
            Sender.Tell(new NoSuchNode(drain.Id));
        }
    }

    /// <summary>
    /// Nodes that have grants and are not there: those that went while a keeper was away, and, once a registry has waited for its nodes
    /// long
    /// enough, those that did not come back.
    /// </summary>
    private void OnLook()
    {
        MeasureMailbox();
        JudgeDeadlines();
        var isPatient = _setup.Time.GetElapsedTime(_begunAt) < _setup.Times.NodeReturn;
        foreach (var (id, _) in _nodes.Missing(Books()).Where(n => !isPatient || _nodes.IsGone(n.Id)))
        {
            Gone(id, inOrder: false, $"node {id} did not come back");
        }
    }

    private IEnumerable<RunBook> Books() => _active.Values.Select(r => r.Book).OfType<RunBook>();

    private void TellNode(string id, object message)
    {
        // One that is not there is informed when it reports what it holds.
        if (_refs.TryGetValue(id, out var node))
        {
            node.Tell(message);
        }
    }

    // ---------------------------------------------------------------------------------------------------------------- reports

    private void Reports()
    {
        Command<BatchReport>(report => OnReport(report.RunId, report.Batch, report.GrantEpoch, report));
        Command<OpeningReport>(report => OnReport(report.RunId, RunWork.Opening, report.GrantEpoch, report));
        Command<OpeningRefused>(report => OnReport(report.RunId, RunWork.Opening, report.GrantEpoch, report));
        Command<ClosingReport>(report => OnReport(report.RunId, RunWork.Closing, report.GrantEpoch, report));
        Command<RequestEpoch>(request => OnReport(request.RunId, request.Batch, request.GrantEpoch, request));
        Command<BatchProgress>(OnProgress);
    }

    /// <summary>Messages that arrive while a keeper is away are sent again by their senders.</summary>
    private void OnReport(string id, MemberRange batch, int grantEpoch, object report)
    {
        _reports++;
        if (_active.TryGetValue(id, out var run))
        {
            run.Keeper.Forward(report);
        }
        else
        {
            Sender.Tell(new GrantWithdrawn(id, batch, grantEpoch, _index.Find(id) is null ? "there is no such run" : "the run has ended"));
        }
    }

    private void OnProgress(BatchProgress progress)
    {
        if (_active.TryGetValue(progress.RunId, out var run))
        {
            run.Pace.Heard(progress, Now);
            Tell(run, new BoundaryReached(progress.Boundary, progress.LeadTime, progress.Steps) { Batch = progress.Batch });
        }
    }
}
