using Cairn.Actors.Members;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Nodes;

/// <summary>Orders to a node, and how it leaves: everything is handed back at a boundary first.</summary>
internal sealed partial class NodeSupervisor
{
    private void OnWithdrawn(GrantWithdrawn withdrawn)
    {
        if (_held.TryGetValue((withdrawn.RunId, withdrawn.Batch.First), out var held) && held.Of.Epoch == withdrawn.GrantEpoch)
        {
            Tell(held, withdrawn);
        }
    }

    private void Tell(Held held, GrantWithdrawn withdrawn)
    {
        held.IsWithdrawn = true;
        held.Lost.Cancel();
        if (held.Broken is not null || held.Waiting is not null)
        {
            Over(held);
        }
        else
        {
            // One whose run is being loaded is dropped when that is done.
            held.Actor.Tell(withdrawn);
        }
    }

    private void OnCommand(BatchCommand command)
    {
        if (!_held.TryGetValue((command.RunId, command.Batch.First), out var held))
        {
            return;
        }

        switch (command.Order)
        {
            case BatchOrder.Halt:
                Halt(held, new HaltBatch());
                break;
            case BatchOrder.Abandon:
                Halt(held, new AbandonBatch());
                break;
            case BatchOrder.Pause:
                held.Of.Paused = true;
                held.Actor.Tell(new PauseBatch());
                break;
            case BatchOrder.Resume:
                held.Of.Paused = false;
                held.Actor.Tell(new ResumeBatch());
                break;
            case BatchOrder.Commit:
                held.Actor.Tell(new CommitBatch());
                break;
        }
    }

    private static void Halt(Held held, object order)
    {
        held.Halting = true;
        held.Lost.Cancel();
        held.Actor.Tell(order);
    }

    private void Say(string text, Granted? about = null, bool isWarning = false) => _setup.Say(new NodeLine(text)
    {
        Node = _node.Id, Run = about?.RunId, Batch = about?.Batch, Epoch = about?.Epoch, IsWarning = isWarning,
    });

    private void OnDrain(string reason)
    {
        if (_draining is null)
        {
            _draining = reason;
            Say($"draining: {reason}");
            foreach (var held in _held.Values.ToList())
            {
                Halt(held, new HaltBatch());
            }
        }

        if (_registry is null && _held.Count == 0)
        {
            // No registry has ever known it, and none will miss it.
            _hasLeft = true;
            _setup.Left(new NodeLeft(reason, 0));
        }

        Hello();
    }

    private void OnAbandon()
    {
        _abandoned = _held.Count;
        foreach (var held in _held.Values.ToList())
        {
            Halt(held, new AbandonBatch());
        }
    }

    private sealed record SayHello : INoSerializationVerificationNeeded;

    private sealed record Ready(Granted Of, RunContext Parts, Props Ranks) : INoSerializationVerificationNeeded;

    private sealed record NotReady(Granted Of, Exception Error) : INoSerializationVerificationNeeded;

    /// <summary>A grant as it came.</summary>
    private sealed class Granted(string runId, MemberRange batch, int epoch, string spec, object message)
    {
        public string RunId => runId;

        public MemberRange Batch => batch;

        public int Epoch => epoch;

        public string Spec => spec;

        public object Message => message;

        public bool IsFresh => message is OpeningGrant { Fresh: true };

        public bool Paused { get; set; }
    }

    /// <summary>Something that the node has been granted.</summary>
    private sealed class Held(Granted of)
    {
        public Granted Of => of;

        public IActorRef Actor { get; set; } = ActorRefs.Nobody;

        /// <summary>Ends what is waited for.</summary>
        public CancellationTokenSource Lost { get; } = new();

        /// <summary>Begins it, once the run's ranks are gone.</summary>
        public Action? Waiting { get; set; }

        /// <summary>What was granted meanwhile, to begin when this has ended.</summary>
        public Granted? Next { get; set; }

        public bool IsTaken { get; set; }

        public bool IsWithdrawn { get; set; }

        public bool Halting { get; set; }

        public string? Failure { get; set; }

        public string? Broken { get; set; }
    }

    /// <summary>Where the ranks of a run are started.</summary>
    private sealed class Place(IActorRef actor)
    {
        public IActorRef Actor => actor;

        public bool IsLeaving { get; set; }
    }
}
