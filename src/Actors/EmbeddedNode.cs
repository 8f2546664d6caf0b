using Cairn.Actors.Nodes;
using Cairn.Actors.Seed;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors;

/// <summary>A node and a run registry in this process: what <c>cairn run</c> hosts.</summary>
public sealed class EmbeddedNode : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly IActorRef _registry;

    /// <param name="slots">Ranks that are stepped side by side.</param>
    public EmbeddedNode(int slots)
    {
        _system = ActorSystem.Create("cairn");
        var node = _system.ActorOf(Props.Create(() => new NodeSupervisor(slots)), "node");
        _registry = _system.ActorOf(Props.Create(() => new RunRegistry(node)), "runs");
    }

    /// <summary>The registry, for messages.</summary>
    public IActorRef Registry => _registry;

    /// <summary>A node with the slots that a spec asks for.</summary>
    public static EmbeddedNode For(RunSpec spec) => new(RunHost.Slots(spec));

    /// <summary>Submits a run and waits for its end, or for its halt after <paramref name="stop"/>.</summary>
    /// <exception cref="CairnException">The run was refused: nothing of it was begun here.</exception>
    public async Task<RunResult> RunAsync(RunSpec spec, RunOptions options, IRunObserver observer, CancellationToken stop)
    {
        var accepted = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var finished = new TaskCompletionSource<RunResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var submit = new SubmitRun(spec, options, observer);
        var registry = _registry;
        var submitter = _system.ActorOf(Props.Create(() => new Submitter(registry, submit, accepted, finished)));
        await using var asked = stop.Register(() => accepted.Task.ContinueWith(
            id => registry.Tell(new StopRun(id.Result), ActorRefs.NoSender),
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default)).ConfigureAwait(false);
        try
        {
            return await finished.Task.ConfigureAwait(false);
        }
        finally
        {
            _system.Stop(submitter);
        }
    }

    public async ValueTask DisposeAsync() => await _system.Terminate().ConfigureAwait(false);

    /// <summary>Hands what the registry answers to whoever awaits it.</summary>
    private sealed class Submitter : ReceiveActor
    {
        private readonly Action _submit;

        public Submitter(
            IActorRef registry, SubmitRun submit, TaskCompletionSource<string> accepted, TaskCompletionSource<RunResult> finished)
        {
            _submit = () => registry.Tell(submit);
            Receive<RunAccepted>(answer => accepted.SetResult(answer.Id));
            Receive<RunRefused>(answer => finished.SetException(answer.Error));
            Receive<RunFinished>(answer =>
            {
                if (answer.Result is { } result)
                {
                    finished.SetResult(result);
                }
                else
                {
                    finished.SetException(answer.Error!);
                }
            });
        }

        protected override void PreStart() => _submit();
    }
}
