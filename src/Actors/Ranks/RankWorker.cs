using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>An order to a rank from its gang's coordinator.</summary>
public abstract record RankOrder
{
    private RankOrder()
    {
    }

    /// <summary>Begin: all ranks of the gang are ready.</summary>
    public sealed record Begin : RankOrder;

    /// <summary>Step as far as this boundary.</summary>
    public sealed record Permit(int UpTo) : RankOrder;

    /// <summary>Halt at a boundary and make everything durable; -1 for the next one.</summary>
    public sealed record Halt(int Boundary) : RankOrder;

    /// <summary>Commit at a boundary, in addition to those that are due; -1 for the next one.</summary>
    public sealed record Commit(int Boundary) : RankOrder;

    /// <summary>The outcome of a commit that the rank has staged.</summary>
    /// <param name="Attempt">The number of the gang's commit.</param>
    /// <param name="Boundary">The boundary of the gang's newest session; -1 for none.</param>
    public sealed record Verdict(int Attempt, int Boundary) : RankOrder;
}

/// <summary>A rank's report to its coordinator; <see cref="Failed"/> goes to its supervisor.</summary>
public abstract record RankReport(int Rank)
{
    /// <summary>It has reached a boundary.</summary>
    /// <param name="Steps">Its model steps so far.</param>
    public sealed record Reached(int Rank, int Boundary, long Steps) : RankReport(Rank);

    /// <summary>
    /// It waits at a boundary for others. Repeated after every order that does not end the wait, so that a receiver that counts its orders
    /// knows whether the rank still waits.
    /// </summary>
    /// <param name="Orders">Orders that it has received.</param>
    public sealed record Waiting(int Rank, int Boundary, int Orders) : RankReport(Rank);

    /// <summary>Its commit is durable; a single rank's commit is the session.</summary>
    public sealed record Staged(RankCommit Commit) : RankReport(Commit.Rank)
    {
        /// <summary>Time since the rank began it.</summary>
        public TimeSpan Took { get; init; }
    }

    /// <summary>Its commit failed.</summary>
    /// <param name="Attempt">The number of the gang's commit.</param>
    public sealed record StagingFailed(int Rank, int Attempt, int Boundary, string Cause) : RankReport(Rank);

    /// <summary>It has repeated the steps from an older session to the boundary that it was restored from.</summary>
    /// <param name="IsExact">Whether every bit was the same.</param>
    /// <param name="Difference">The largest absolute difference.</param>
    public sealed record Verified(int Rank, int Boundary, bool IsExact, double Difference) : RankReport(Rank);

    /// <summary>A warning for the user.</summary>
    public sealed record Warned(int Rank, string Text) : RankReport(Rank);

    /// <summary>It has ended normally: everything is durable.</summary>
    /// <param name="Completed">Whether at the last boundary; otherwise it was halted.</param>
    /// <param name="Boundary">The boundary that it ended at.</param>
    /// <param name="Steps">Its model steps.</param>
    public sealed record Ended(int Rank, bool Completed, int Boundary, long Steps) : RankReport(Rank);

    /// <summary>It has failed.</summary>
    /// <param name="Steps">Its model steps.</param>
    public sealed record Failed(int Rank, GangFailure Failure, long Steps) : RankReport(Rank);
}

/// <summary>Asks a rank to end, whatever it is doing; it answers with <see cref="RankStopped"/>.</summary>
internal sealed record StopRank : INoSerializationVerificationNeeded;

/// <summary>A rank's last message to its parent.</summary>
/// <param name="IsClean">Whether its thread has ended; otherwise it hangs, fenced.</param>
internal sealed record RankStopped(bool IsClean) : INoSerializationVerificationNeeded;

/// <summary>The gang of a rank.</summary>
internal sealed record RankGang(GangStart Start, IActorRef Coordinator, IActorRef Supervisor);

/// <param name="Ranks">How it communicates with the other ranks.</param>
/// <param name="Threads">Runs the rank, under a name, on a thread that is no dispatcher's.</param>
internal sealed record RankSetup(RunContext Run, RankGang Gang, ICommunicator Ranks, Action<string, Action> Threads)
{
    /// <summary>Called when the rank has ended normally, before that is reported.</summary>
    public Action Complete { get; init; } = static () => { };

    /// <summary>Wakes the ranks that wait for this one, which failed.</summary>
    public Action<Exception> Abort { get; init; } = static _ => { };
}

/// <summary>
/// One rank of a gang, in the process that steps it: owns the thread that restores its part, steps and stages; passes on the coordinator's
/// orders, and ends it. The thread reports directly to the coordinator: a boundary passes one mailbox, not two.
/// </summary>
internal sealed class RankWorker : ReceiveActor, IWithTimers
{
    /// <summary>How long the thread may take to end when asked to, before it is abandoned, fenced.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _over = new();
    private readonly RankSetup _setup;
    private readonly RankControl _control;
    private bool _threadHasEnded = true;

    public RankWorker(RankSetup setup)
    {
        var (self, coordinator) = (Self, setup.Gang.Coordinator);
        _setup = setup;
        _control = new RankControl(
            setup.Gang.Start, setup.Ranks.Rank, setup.Ranks.Size, report => coordinator.Tell(report, self), _over.Token);
        Receive<RankOrder.Begin>(OnBegin, _ => Sender.Equals(coordinator) && _threadHasEnded);
        Receive<RankOrder>(order => _control.Take(order), _ => Sender.Equals(coordinator));
        Receive<ThreadEnded>(_ => _threadHasEnded = true);
        Receive<StopRank>(_ => OnStop());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RankSetup setup) => Akka.Actor.Props.Create(() => new RankWorker(setup));

    protected override void PostStop()
    {
        // However the actor ended: nothing takes orders for the thread any more.
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

    /// <summary>Runs on the rank's thread.</summary>
    private void Step(IActorRef self)
    {
        var (rank, run, start) = (_setup.Ranks.Rank, _setup.Run, _setup.Gang.Start);
        RankRun? stepped = null;
        try
        {
            stepped = new RankRun(run, start, _setup.Ranks, _control, _over.Token);
            var completed = stepped.Run();
            // Before the report: once all ranks have reported their end, the node releases the gang.
            _setup.Complete();
            _setup.Gang.Coordinator.Tell(new RankReport.Ended(rank, completed, _control.Boundary, stepped.Steps), self);
        }
        catch (Exception e)
        {
            // Any exception is a failure of this gang only; supervision decides what follows.
            if (!GangFailure.IsConsequence(e))
            {
                _setup.Abort(e);
                _setup.Gang.Supervisor.Tell(
                    new RankReport.Failed(rank, GangFailure.Of(e, rank, start, run.Schedule), stepped?.Steps ?? 0), self);
            }
        }
        finally
        {
            _setup.Ranks.Dispose();
        }
    }

    private void OnStop()
    {
        _over.Cancel();
        if (_threadHasEnded)
        {
            Leave(isClean: true);
            return;
        }

        Timers.StartSingleTimer("grace", new GraceExpired(), Grace);
        Become(() =>
        {
            Receive<ThreadEnded>(_ => Leave(isClean: true));
            Receive<GraceExpired>(_ => Leave(isClean: false));
        });
    }

    private void Leave(bool isClean)
    {
        Context.Parent.Tell(new RankStopped(isClean));
        Context.Stop(Self);
    }

    private sealed record ThreadEnded : INoSerializationVerificationNeeded;

    private sealed record GraceExpired : INoSerializationVerificationNeeded;
}
