using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>Nodes, and the reports that are forwarded to keepers.</summary>
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
            RemoveNode(leaves.Id, inOrder: true, "its node left");
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
            _nodes.ReachableAgain(heard.Address);
            PlaceSoon();
        });
        Command<DrainNode>(OnDrain);
        Command<Check>(_ => OnPeriodicCheck());
        Command<IGrantReport>(report => OnReport(report.RunId, report.Batch, report.GrantEpoch, report));
        Command<RequestEpoch>(request => OnReport(request.RunId, request.Batch, request.GrantEpoch, request));
        Command<BatchProgress>(OnProgress);
    }

    private void OnHello(NodeHello hello)
    {
        var id = hello.Node.Id;
        var isNew = !_refs.ContainsKey(id);
        if (!_nodes.Update(hello, Now, UtcNow))
        {
            if (!_nodes.IsPresent(id))
                Sender.Tell(new NodeDismissed(id, "it was removed, and its batches are granted to others"));

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
            _active[broken.RunId].Keeper.Tell(new GrantBroken(broken.Batch, broken.GrantEpoch, broken.Broken!));

        _hellos[id] = hello;
        Sender.Tell(new NodeKnown(_incarnation, hello.Number));
        var books = _active.Values.ToDictionary(r => r.Id, r => r.Book, StringComparer.Ordinal);
        foreach (var order in _nodes.Reconcile(hello, books))
            Sender.Tell(order);
    }

    /// <summary>A run's journal was read: what nodes reported about it before can be answered now.</summary>
    private void ReconcileNodes(string run, RunBook book)
    {
        var books = new Dictionary<string, RunBook?>(StringComparer.Ordinal) { [run] = book };
        foreach (var (id, hello) in _hellos)
        {
            foreach (var order in _nodes.Reconcile(hello with { Holds = [.. hello.Holds.Where(h => h.RunId == run)] }, books))
                TellNode(id, order);
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_refs.FirstOrDefault(r => r.Value.Equals(terminated.ActorRef)).Key is { } id)
        {
            RemoveNode(id, inOrder: false, $"node {id} was lost");
            return;
        }

        foreach (var run in _active.Values)
            run.RemoveWatcher(terminated.ActorRef);
    }

    /// <summary>Also of nodes that this registry has not seen: grants carry the node's address.</summary>
    private void OnRemoved(NodeRemoved removed)
    {
        var missing = _nodes.Missing(Books()).Where(n => n.Address == removed.Address).Select(n => n.Id);
        foreach (var id in _nodes.Of(removed.Address).Concat(missing).ToList())
            RemoveNode(id, inOrder: false, $"node {id} was removed from the cluster");
    }

    private void RemoveNode(string id, bool inOrder, string cause)
    {
        if (_nodes.IsPresent(id))
            Log.About(null, node: id).Info("node {0} {1}", id, inOrder ? "left" : $"is gone: {cause}");

        _nodes.Remove(id, inOrder, Now);
        _hellos.Remove(id);
        if (_refs.Remove(id, out var node))
            Context.Unwatch(node);

        foreach (var run in _active.Values)
            run.Keeper.Tell(new NodeGone(id, inOrder, cause));

        PlaceSoon();
    }

    private void OnDrain(DrainNode drain)
    {
        if (_nodes.Drain(drain.Id))
        {
            TellNode(drain.Id, new NodeDrain("asked through the registry"));
            Sender.Tell(new DrainAccepted(drain.Id));
        }
        else
        {
            Sender.Tell(new NoSuchNode(drain.Id));
        }
    }

    private void OnPeriodicCheck()
    {
        // Measures how long a message waits in the mailbox.
        Self.Tell(new MailboxProbe(Now));
        foreach (var run in _active.Values.Where(r => r is { IsUnavailable: false, IsLeaving: false }))
        {
            if (run.JudgeDeadline(Now, UtcNow) is { } judged)
                run.Keeper.Tell(judged);
        }

        // Nodes with grants that ended while a keeper was away, or that did not return within the time a new registry gives them.
        var waitsForNodes = Now - _startedAt < _setup.Times.NodeReturnTimeout;
        foreach (var (id, _) in _nodes.Missing(Books()).Where(n => !waitsForNodes || _nodes.IsGone(n.Id)))
            RemoveNode(id, inOrder: false, $"node {id} did not come back");
    }

    private IEnumerable<RunBook> Books() => _active.Values.Select(r => r.Book).OfType<RunBook>();

    private void TellNode(string id, object message)
    {
        // An absent node gets its orders when it reports what it holds.
        if (_refs.TryGetValue(id, out var node))
            node.Tell(message);
    }

    /// <summary>Senders repeat what arrives while a keeper is unavailable.</summary>
    private void OnReport(string id, MemberRange batch, int grantEpoch, object report)
    {
        _reports++;
        if (_active.TryGetValue(id, out var run))
            run.Keeper.Forward(report);
        else
            Sender.Tell(new GrantWithdrawn(id, batch, grantEpoch, _index.Find(id) is null ? "there is no such run" : "the run has ended"));
    }

    private void OnProgress(BatchProgress progress)
    {
        if (_active.TryGetValue(progress.RunId, out var run))
        {
            run.Pace.Record(progress, Now);
            run.TellWatchers(new BoundaryReached(progress.Boundary, progress.LeadTime, progress.Steps) { Batch = progress.Batch });
        }
    }

    private sealed record Check : INoSerializationVerificationNeeded;

    private sealed record MailboxProbe(TimeSpan SentAt) : INoSerializationVerificationNeeded;
}
