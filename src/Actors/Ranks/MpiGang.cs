using System.Globalization;
using Akka.Remote;
using Cairn.Actors.Members;
using Cairn.Engine.Processes;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>
/// A gang whose ranks are processes that an MPI's launcher started, as their node sees it: starts the launcher, lets the processes in,
/// watches both, and ends them. It ends as a whole.
/// </summary>
internal sealed class MpiGang : ReceiveActor, IWithTimers
{
    /// <summary>How long processes may take to end by themselves, before they are killed; and then, before they are out of reach.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long a lost process waits for what the launcher has to say of it.</summary>
    private static readonly TimeSpan ForTheCause = TimeSpan.FromMilliseconds(500);

    private readonly RankToken _token = new();
    private readonly SortedDictionary<int, Member> _members = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RunContext _run;
    private readonly StartGang _asked;
    private readonly IActorRef _supervisor;
    private readonly string _launcherName;
    private readonly ProcessOutput _output;
    private readonly ChildProcess _launcher;
    private readonly HostFile? _hosts;
    private ProcessExit? _exit;
    private GangFailure? _loss;
    private EndGang? _end;
    private IActorRef _asker = ActorRefs.Nobody;
    private bool _isTold;
    private bool _isKilled;

    public MpiGang(RunContext run, RankProcesses processes, IReadOnlyList<string> words, StartGang asked, IActorRef supervisor)
    {
        (_run, _asked, _supervisor) = (run, asked, supervisor);
        _launcherName = Path.GetFileName(words[0]);
        _output = new ProcessOutput(run.Observer, _launcherName);
        var environment = processes.Environment(Context.System, Self, _token, isChild: false);
        foreach (var (name, value) in MpiEnvironment.Of(Environment.GetEnvironmentVariable))
        {
            environment.TryAdd(name, value);
        }

        _hosts = HostFile.Of(asked.Hosts);
        _hosts?.AddTo(environment);
        _launcher = ChildProcess.Start(new ChildSetup(words, environment, _output.Say, run.Options.Time));
        _launcher.Exit.PipeTo(Self, success: exit => new LauncherEnded(exit, null), failure: error => new LauncherEnded(null, error));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Receive<RankHello>(OnHello);
        Receive<RankMeasured>(NodeMeasures.Measure, _ => _members.Values.Any(m => m.Host.Equals(Sender)));
        Receive<RankUnfit>(unfit => TellLost(unfit.Failure), unfit => _token.Is(unfit.Token));
        Receive<DisassociatedEvent>(gone => OnGone(m => m.Host.Path.Address == gone.RemoteAddress));
        Receive<Terminated>(gone => OnGone(m => m.Host.Equals(gone.ActorRef)));
        Receive<LauncherEnded>(OnLauncherEnded);
        Receive<CauseIsLate>(_ => TellLost(_loss!));
        Receive<EndGang>(OnEnd);
        Receive<GraceIsOver>(_ => OnGraceIsOver());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private (MemberRange Batch, int Epoch) Key => (_asked.Start.Batch, _asked.Start.Epoch);

    /// <param name="run">The run.</param>
    /// <param name="processes">How this node starts processes.</param>
    /// <param name="words">The launcher's command.</param>
    /// <param name="asked">The gang.</param>
    /// <param name="supervisor">Its supervisor.</param>
    public static Props Props(
        RunContext run, RankProcesses processes, IReadOnlyList<string> words, StartGang asked, IActorRef supervisor) =>
        Akka.Actor.Props.Create(() => new MpiGang(run, processes, words, asked, supervisor));

    protected override void PostStop()
    {
        _output.Silence();
        TellAll(new LeaveNow(RankProcess.ToldToLeave));
        _launcher.KillAfter(Grace);
        _hosts?.Dispose();
        if (_end is null)
        {
            TellLost(new GangFailure(FailureKind.Machine, $"the actor for the processes of {_launcherName} ended"));
        }

        base.PostStop();
    }

    // ------------------------------------------------------------------------------------------------------ from its processes

    private void OnHello(RankHello hello)
    {
        if (_token.Refusal(hello) is { } refusal)
        {
            _log.Warning("process {0} on {1} is not accepted: {2}; check ranks.command", hello.Pid, hello.Host, refusal);
            return;
        }

        var count = _run.Spec.Ranks.Count;
        if (hello.Mpi is not { } place || place.Size != count || place.Rank < 0 || place.Rank >= count)
        {
            TellLost(new GangFailure(FailureKind.Permanent, string.Create(
                CultureInfo.InvariantCulture,
                $"{_launcherName} should have started {count} ranks, but one of them is rank {hello.Mpi?.Rank} of ")
                + $"{hello.Mpi?.Size}. Cairn found {hello.Mpi?.Library}, and {_launcherName} probably belongs to another MPI: name the "
                + $"launcher of this MPI in ranks.command, or the library of the other MPI in {MpiLibrary.Variable} (Open MPI is not "
                + "supported)."));
            return;
        }

        _members.Add(place.Rank, new Member(Context.Watch(Sender), hello));
        if (_end is not null)
        {
            Sender.Tell(new LeaveNow(RankProcess.ToldToLeave));
            return;
        }

        Sender.Tell(new RankAdmitted(RunSetup.Of(_run)) { Measures = NodeMeasures.AreHeard });
        // Its answers go straight to the supervisor.
        Sender.Tell(_asked, _supervisor);
    }

    private void OnGone(Func<Member, bool> which)
    {
        foreach (var (rank, member) in _members.Where(m => !m.Value.IsGone && which(m.Value)))
        {
            member.IsGone = true;
            Lose(string.Create(CultureInfo.InvariantCulture, $"rank {rank} ({member}) has ended"), rank);
        }

        EndWhenAllAreGone();
    }

    private void OnLauncherEnded(LauncherEnded ended)
    {
        _exit = ended.Exit;
        if (ended.Error is { } error)
        {
            TellLost(RankFailures.Of(error));
        }
        else if (_loss is { } loss)
        {
            TellLost(loss);
        }
        else
        {
            Lose(_members.Count > 0 ? "the ranks have lost their launcher" : "their launcher ended before any rank had connected", null);
        }

        EndWhenAllAreGone();
    }

    // ------------------------------------------------------------------------------------------------------------- its failures

    /// <summary>
    /// A process that has died takes the gang with it. The first counts; the others are told to end, so that the launcher ends and reports
    /// what it has seen of the first.
    /// </summary>
    private void Lose(string what, int? rank)
    {
        if (_loss is not null || _end is not null)
        {
            return;
        }

        TellAll(new LeaveNow(RankProcess.ToldToLeave));
        _loss = new GangFailure(FailureKind.Process, what)
        {
            Rank = rank,
            LostProcess = string.Create(CultureInfo.InvariantCulture, $"ranks of epoch {Key.Epoch} on {Environment.MachineName}"),
        };
        if (_exit is not null)
        {
            TellLost(_loss);
        }
        else
        {
            Timers.StartSingleTimer("cause", new CauseIsLate(), ForTheCause);
        }
    }

    private void TellLost(GangFailure failure)
    {
        if (_isTold || _end is not null)
        {
            return;
        }

        Timers.Cancel("cause");
        _isTold = true;
        _supervisor.Tell(new GangLost(Key.Batch, Key.Epoch, failure.Kind == FailureKind.Process && _exit is { } exit
            ? failure with { Cause = $"{failure.Cause}; {_launcherName} {exit.DescribeLauncher()}" }
            : failure));
    }

    // ------------------------------------------------------------------------------------------------------------------ its end

    private void OnEnd(EndGang end)
    {
        (_end, _asker) = (end, Sender);
        Timers.Cancel("cause");
        if (!end.IsDone || _isTold)
        {
            _output.Silence();
        }

        TellAll(new LeaveNow(end.IsDone ? 0 : RankProcess.ToldToLeave));
        Timers.StartSingleTimer("grace", new GraceIsOver(), Grace);
        EndWhenAllAreGone();
    }

    /// <summary>Its own processes first, those that MPI's launcher does not end: by their numbers, where they are on this host.</summary>
    private void OnGraceIsOver()
    {
        var left = _members.Values.Where(m => !m.IsGone).ToList();
        if (_isKilled)
        {
            Leave($"{string.Join(", ", left.Select(m => m.ToString()).DefaultIfEmpty(_launcherName))} of {Key.Batch} did not end within "
                + "ten seconds after the request; the next gang fences anything that they still write");
            return;
        }

        _isKilled = true;
        left.ForEach(member => member.Kill());
        _launcher.Kill();
        Timers.StartSingleTimer("grace", new GraceIsOver(), Grace);
    }

    private void EndWhenAllAreGone()
    {
        if (_end is not null && _launcher.Exit.IsCompleted && _members.Values.All(m => m.IsGone))
        {
            Leave(null);
        }
    }

    private void Leave(string? leftBehind)
    {
        _asker.Tell(new GangGone(Key.Batch, Key.Epoch, leftBehind));
        Context.Stop(Self);
    }

    private void TellAll(LeaveNow message)
    {
        foreach (var member in _members.Values.Where(m => !m.IsGone))
        {
            member.Host.Tell(message);
        }
    }

    private sealed class Member(IActorRef host, RankHello hello)
    {
        public IActorRef Host { get; } = host;

        public bool IsGone { get; set; }

        public void Kill()
        {
            // Its connection stands, so the number is still its own.
            if (!IsGone && hello.Host == Environment.MachineName)
            {
                RankProcessExit.Kill(hello.Pid);
            }
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"process {hello.Pid} on {hello.Host}");
    }

    private sealed record LauncherEnded(ProcessExit? Exit, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record CauseIsLate : INoSerializationVerificationNeeded;

    private sealed record GraceIsOver : INoSerializationVerificationNeeded;
}
