using System.Globalization;
using Akka.Remote;
using Cairn.Actors.Members;
using Cairn.Engine.Processes;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>
/// A gang whose ranks are processes of an MPI launcher, as its node sees it: starts the launcher, admits the processes, watches both, and
/// ends them. If one ends, all do.
/// </summary>
internal sealed class MpiGang : ReceiveActor, IWithTimers
{
    /// <summary>How long processes may take to end by themselves before they are killed, and again until they are reported.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long the report of a lost process waits for the launcher's end, which may explain it.</summary>
    private static readonly TimeSpan CauseGrace = TimeSpan.FromMilliseconds(500);

    private readonly RankToken _token = new();
    private readonly SortedDictionary<int, RemoteRank> _ranks = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RunContext _run;
    private readonly StartGang _start;
    private readonly IActorRef _supervisor;
    private readonly string _launcherName;
    private readonly ProcessOutput _output;
    private readonly ChildProcess _launcher;
    private readonly HostFile? _hosts;
    private ProcessExit? _exit;
    private GangFailure? _failure;
    private EndGang? _end;
    private IActorRef _endRequester = ActorRefs.Nobody;
    private bool _isReported;
    private bool _isKilled;

    public MpiGang(RunContext run, RankProcesses processes, IReadOnlyList<string> words, StartGang start, IActorRef supervisor)
    {
        (_run, _start, _supervisor) = (run, start, supervisor);
        _launcherName = Path.GetFileName(words[0]);
        _output = new ProcessOutput(run.Observer, _launcherName);
        var environment = processes.Environment(Context.System, Self, _token, isChild: false);
        foreach (var (name, value) in MpiEnvironment.Of(Environment.GetEnvironmentVariable))
            environment.TryAdd(name, value);

        _hosts = HostFile.Of(start.Hosts);
        _hosts?.AddTo(environment);
        _launcher = ChildProcess.Start(new ChildSetup(words, environment, _output.Say, run.Options.Time));
        _launcher.Exit.PipeTo(Self, success: exit => new LauncherEnded(exit, null), failure: error => new LauncherEnded(null, error));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Receive<RankHello>(OnHello);
        Receive<RankMeasured>(MeasurementRelay.Measure, _ => _ranks.Values.Any(r => r.Link.Equals(Sender)));
        Receive<RankInitFailed>(failed => ReportLost(failed.Failure), failed => _token.Is(failed.Token));
        Receive<DisassociatedEvent>(lost => OnEnded(r => r.Link.Path.Address == lost.RemoteAddress));
        Receive<Terminated>(lost => OnEnded(r => r.Link.Equals(lost.ActorRef)));
        Receive<LauncherEnded>(OnLauncherEnded);
        Receive<CauseTimeout>(_ => ReportLost(_failure!));
        Receive<EndGang>(OnEnd);
        Receive<GraceExpired>(_ => OnGraceExpired());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private (MemberRange Batch, int Epoch) Key => (_start.Start.Batch, _start.Start.Epoch);

    /// <param name="words">The launcher's command.</param>
    public static Props Props(
        RunContext run, RankProcesses processes, IReadOnlyList<string> words, StartGang start, IActorRef supervisor) =>
        Akka.Actor.Props.Create(() => new MpiGang(run, processes, words, start, supervisor));

    protected override void PostStop()
    {
        _output.Silence();
        SendToAll(new ExitProcess(RankProcess.OrderedExitCode));
        _launcher.KillAfter(Grace);
        _hosts?.Dispose();
        if (_end is null)
            ReportLost(new GangFailure(FailureKind.Machine, $"the actor for the processes of {_launcherName} ended"));

        base.PostStop();
    }

    private void OnHello(RankHello hello)
    {
        if (_token.Refusal(hello) is { } refusal)
        {
            _log.Warning("process {0} on {1} is not accepted: {2}; check ranks.command", hello.Pid, hello.Host, refusal);
            return;
        }

        var count = _run.Spec.Ranks.Count;
        if (hello.Mpi is not { } position || position.Size != count || position.Rank < 0 || position.Rank >= count)
        {
            ReportLost(new GangFailure(FailureKind.Permanent, string.Create(
                CultureInfo.InvariantCulture,
                $"{_launcherName} should have started {count} ranks, but one of them is rank {hello.Mpi?.Rank} of ")
                + $"{hello.Mpi?.Size}. Cairn found {hello.Mpi?.Library}, and {_launcherName} probably belongs to another MPI: name the "
                + $"launcher of this MPI in ranks.command, or the library of the other MPI in {MpiLibrary.Variable} (Open MPI is not "
                + "supported)."));
            return;
        }

        _ranks.Add(position.Rank, new RemoteRank(Context.Watch(Sender), hello));
        if (_end is not null)
        {
            Sender.Tell(new ExitProcess(RankProcess.OrderedExitCode));
            return;
        }

        Sender.Tell(new RankAdmitted(RunSetup.Of(_run)) { Measures = MeasurementRelay.HasListeners });
        // With the supervisor as the sender: the rank answers it directly.
        Sender.Tell(_start, _supervisor);
    }

    // ------------------------------------------------------------------------------------------------------------- failures

    private void OnEnded(Func<RemoteRank, bool> which)
    {
        foreach (var (number, rank) in _ranks.Where(r => !r.Value.HasEnded && which(r.Value)))
        {
            rank.HasEnded = true;
            OnLost(string.Create(CultureInfo.InvariantCulture, $"rank {number} ({rank}) has ended"), number);
        }

        FinishIfAllEnded();
    }

    private void OnLauncherEnded(LauncherEnded ended)
    {
        _exit = ended.Exit;
        if (ended.Error is { } error)
            ReportLost(GangFailure.Of(error));
        else if (_failure is { } failure)
            ReportLost(failure);
        else
            OnLost(_ranks.Count > 0 ? "the ranks have lost their launcher" : "their launcher ended before any rank had connected", null);

        FinishIfAllEnded();
    }

    /// <summary>
    /// The first lost process is the gang's failure. The others are told to exit, so that the launcher ends and reports what it knows of
    /// the first.
    /// </summary>
    private void OnLost(string what, int? rank)
    {
        if (_failure is not null || _end is not null)
            return;

        SendToAll(new ExitProcess(RankProcess.OrderedExitCode));
        _failure = new GangFailure(FailureKind.Process, what)
        {
            Rank = rank,
            LostProcess = string.Create(CultureInfo.InvariantCulture, $"ranks of epoch {Key.Epoch} on {Environment.MachineName}"),
        };
        if (_exit is not null)
            ReportLost(_failure);
        else
            Timers.StartSingleTimer("cause", new CauseTimeout(), CauseGrace);
    }

    private void ReportLost(GangFailure failure)
    {
        if (_isReported || _end is not null)
            return;

        Timers.Cancel("cause");
        _isReported = true;
        _supervisor.Tell(new GangLost(Key.Batch, Key.Epoch, failure.Kind == FailureKind.Process && _exit is { } exit
            ? failure with { Cause = $"{failure.Cause}; {_launcherName} {exit.DescribeLauncher()}" }
            : failure));
    }

    // ------------------------------------------------------------------------------------------------------------------ its end

    private void OnEnd(EndGang end)
    {
        (_end, _endRequester) = (end, Sender);
        Timers.Cancel("cause");
        if (!end.IsDone || _isReported)
            _output.Silence();

        SendToAll(new ExitProcess(end.IsDone ? 0 : RankProcess.OrderedExitCode));
        Timers.StartSingleTimer("grace", new GraceExpired(), Grace);
        FinishIfAllEnded();
    }

    /// <summary>Kills the rank processes on this host first, since not every launcher ends them, then the launcher.</summary>
    private void OnGraceExpired()
    {
        var left = _ranks.Values.Where(r => !r.HasEnded).ToList();
        if (_isKilled)
        {
            Finish($"{string.Join(", ", left.Select(r => r.ToString()).DefaultIfEmpty(_launcherName))} of {Key.Batch} did not end within "
                + "ten seconds after the request; the next gang fences anything that they still write");
            return;
        }

        _isKilled = true;
        left.ForEach(rank => rank.Kill());
        _launcher.Kill();
        Timers.StartSingleTimer("grace", new GraceExpired(), Grace);
    }

    private void FinishIfAllEnded()
    {
        if (_end is not null && _launcher.Exit.IsCompleted && _ranks.Values.All(r => r.HasEnded))
            Finish(null);
    }

    private void Finish(string? leftBehind)
    {
        _endRequester.Tell(new GangEnded(Key.Batch, Key.Epoch, leftBehind));
        Context.Stop(Self);
    }

    private void SendToAll(ExitProcess message)
    {
        foreach (var rank in _ranks.Values.Where(r => !r.HasEnded))
            rank.Link.Tell(message);
    }

    private sealed class RemoteRank(IActorRef link, RankHello hello)
    {
        public IActorRef Link => link;

        public bool HasEnded { get; set; }

        public void Kill()
        {
            // Its connection is open, so its process id has not been reused.
            if (!HasEnded && hello.Host == Environment.MachineName)
                RankProcessExit.Kill(hello.Pid);
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"process {hello.Pid} on {hello.Host}");
    }

    private sealed record LauncherEnded(ProcessExit? Exit, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record CauseTimeout : INoSerializationVerificationNeeded;

    private sealed record GraceExpired : INoSerializationVerificationNeeded;
}
