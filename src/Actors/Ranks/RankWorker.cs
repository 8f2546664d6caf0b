using Cairn.Actors.Members;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>
/// One rank of a gang, in the process where it is stepped: owns the thread that restores its part, steps and stages, hands it the
/// coordinator's orders, and ends it. What happens at boundaries the thread itself tells the coordinator.
/// </summary>
internal sealed class RankWorker : ReceiveActor, IWithTimers
{
    /// <summary>How long the thread may continue after it is told to end, before it is abandoned, fenced.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _over = new();
    private readonly RankSetup _setup;
    private readonly RankControl _control;
    private bool _threadHasEnded = true;

    public RankWorker(RankSetup setup)
    {
        var self = Self;
        _setup = setup;
        // From the thread straight to the coordinator: a boundary passes one mailbox and not two.
        _control = new RankControl(
            setup.Run.Schedule, setup.Gang.Start, setup.Ranks.Rank, setup.Ranks.Size, report => setup.Gang.Coordinator.Tell(report, self),
            _over.Token);
        Receive<RankOrder.Begin>(OnBegin, _ => Sender.Equals(setup.Gang.Coordinator) && _threadHasEnded);
        Receive<RankOrder>(order => _control.Take(order), _ => Sender.Equals(setup.Gang.Coordinator));
        Receive<ThreadEnded>(_ => _threadHasEnded = true);
        Receive<EndRank>(_ => OnEnd());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="setup">The rank.</param>
    public static Props Props(RankSetup setup) => Akka.Actor.Props.Create(() => new RankWorker(setup));

    protected override void PostStop()
    {
        // However it ended: nothing is left that takes orders for the thread.
        _over.Cancel();
        base.PostStop();
    }

    private void OnBegin(RankOrder.Begin begin)
    {
        _control.Take(begin);
        _threadHasEnded = false;
        var self = Self;
        _setup.Threads($"{_setup.Gang.Start.Batch}, rank {_setup.Ranks.Rank}", () =>
        {
            Step(self);
            self.Tell(new ThreadEnded(), ActorRefs.NoSender);
        });
    }

    /// <summary>The rank's whole life, on its thread.</summary>
    private void Step(IActorRef self)
    {
        var (rank, run, start) = (_setup.Ranks.Rank, _setup.Run, _setup.Gang.Start);
        RankRun? stepped = null;
        try
        {
            stepped = new RankRun(run, start, _setup.Ranks, _control, _over.Token);
            var completed = stepped.Run();
            // Before that is reported: the node releases a gang whose ranks have all ended, even if they are still busy.
            _setup.Complete();
            _setup.Gang.Coordinator.Tell(new RankReport.Ended(rank, completed, _control.Boundary, stepped.Steps), self);
        }
        catch (Exception e)
        {
            // Any exception is this gang's failure only; supervision decides what happens to it.
            if (!RankFailures.IsConsequence(e))
            {
                _setup.Abort(e);
                _setup.Gang.Supervisor.Tell(
                    new RankReport.Failed(rank, RankFailures.Of(e, rank, start, run.Schedule), stepped?.Steps ?? 0), self);
            }
        }
        finally
        {
            _setup.Ranks.Dispose();
        }
    }

    private void OnEnd()
    {
        _over.Cancel();
        if (_threadHasEnded)
        {
            Leave(isClean: true);
            return;
        }

        Timers.StartSingleTimer("grace", new GraceIsOver(), Grace);
        Become(() =>
        {
            Receive<ThreadEnded>(_ => Leave(isClean: true));
            Receive<GraceIsOver>(_ => Leave(isClean: false));
        });
    }

    private void Leave(bool isClean)
    {
        Context.Parent.Tell(new RankLeft(isClean));
        Context.Stop(Self);
    }

    private sealed record ThreadEnded : INoSerializationVerificationNeeded;

    private sealed record GraceIsOver : INoSerializationVerificationNeeded;
}

/// <summary>The gang of a rank.</summary>
/// <param name="Start">What it is started with.</param>
/// <param name="Coordinator">Its coordinator.</param>
/// <param name="Supervisor">Its supervisor.</param>
internal sealed record RankGang(GangStart Start, IActorRef Coordinator, IActorRef Supervisor);

/// <summary>What one rank is made with.</summary>
/// <param name="Run">The run, as the process has it.</param>
/// <param name="Gang">Its gang.</param>
/// <param name="Ranks">How it reaches the other ranks.</param>
/// <param name="Threads">Runs its whole life, under a name, on a thread that is no dispatcher's.</param>
internal sealed record RankSetup(RunContext Run, RankGang Gang, ICommunicator Ranks, Action<string, Action> Threads)
{
    /// <summary>Ends what ranks share, once this one has ended as it should.</summary>
    public Action Complete { get; init; } = static () => { };

    /// <summary>Wakes the ranks that wait for this one, which failed.</summary>
    public Action<Exception> Abort { get; init; } = static _ => { };
}

/// <summary>Ends a rank wherever it stands.</summary>
internal sealed record EndRank : INoSerializationVerificationNeeded;

/// <summary>A rank's last message to its parent.</summary>
/// <param name="IsClean">Whether its thread has ended; else it hangs on, fenced.</param>
internal sealed record RankLeft(bool IsClean) : INoSerializationVerificationNeeded;
