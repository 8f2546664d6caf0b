using System.Globalization;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;
using Cairn.Engine.Processes;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The child process that steps a run's batches on a device (<c>ranks.launcher = process</c>), as its node sees it. It is started with the
/// first gang and loads the model once for all. When it ends, all its gangs are lost, and another process is started at once, so that it is
/// ready when the gangs restart.
/// </summary>
internal sealed class DeviceProcess : ReceiveActor, IWithTimers
{
    /// <summary>Longer than the child itself waits for its ranks before it answers.</summary>
    private static readonly TimeSpan EndGrace = RankWorker.Grace + TimeSpan.FromSeconds(5);

    /// <summary>Output and messages of the child may arrive after its end.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan IdleQueryTime = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(MemberRange Batch, int Epoch), Gang> _gangs = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RunContext _run;
    private readonly RankProcesses _processes;
    private ChildProcess? _process;
    private ProcessOutput? _output;
    private RankToken _token = new();
    private IActorRef? _host;
    private Gang? _hung;
    private int _number;
    private bool _couldStart;

    public DeviceProcess(RunContext run, RankProcesses processes)
    {
        (_run, _processes) = (run, processes);
        Receive<StartGang>(OnStart);
        Receive<RankHello>(OnHello);
        Receive<RankMeasured>(MeasurementRelay.Measure, _ => Sender.Equals(_host));
        Receive<EndGang>(OnEnd);
        Receive<GangEnded>(OnGangEnded, _ => Sender.Path.Address == _host?.Path.Address);
        Receive<EndTimeout>(timeout => OnHung(timeout.Batch, timeout.Epoch));
        Receive<ProcessEnded>(OnProcessEnded, ended => ended.Number == _number);
        Receive<Drained>(_ => QueryLostGangs());
        Receive<GangIdleStatus>(OnIdleStatus);
        Receive<IdleQueryTimeout>(_ => ReportLost());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RunContext run, RankProcesses processes) =>
        Akka.Actor.Props.Create(() => new DeviceProcess(run, processes));

    protected override void PostStop()
    {
        _output?.Silence();
        _host?.Tell(new ExitProcess(0));
        _process?.KillAfter(TimeSpan.FromSeconds(_host is null ? 0 : 5));
        base.PostStop();
    }

    private void OnStart(StartGang start)
    {
        var gang = new Gang(start, Sender);
        _gangs.Add((start.Start.Batch, start.Start.Epoch), gang);
        if (_process is null)
            Launch();

        // With the supervisor as the sender: the child answers it directly.
        _host?.Tell(start, gang.Supervisor);
    }

    private void Launch()
    {
        var number = ++_number;
        _token = new RankToken();
        _output = new ProcessOutput(_run.Observer, "child process");
        _process = ChildProcess.Start(new ChildSetup(
            _processes.Program.Words, _processes.Environment(Context.System, Self, _token, isChild: true), _output.Say, _run.Options.Time));
        _process.Exit.PipeTo(
            Self, success: exit => new ProcessEnded(number, exit, null), failure: error => new ProcessEnded(number, null, error));
    }

    private void OnHello(RankHello hello)
    {
        if (_token.Refusal(hello) is { } refusal)
        {
            _log.Warning("process {0} on {1} is not accepted: {2}", hello.Pid, hello.Host, refusal);
            return;
        }

        _host = Sender;
        _host.Tell(new RankAdmitted(RunSetup.Of(_run)) { Measures = MeasurementRelay.HasListeners });
        foreach (var gang in _gangs.Values)
            _host.Tell(gang.Start, gang.Supervisor);
    }

    private void OnEnd(EndGang end)
    {
        if (!_gangs.TryGetValue((end.Batch, end.Epoch), out var gang) || _host is null)
        {
            // It was lost before, or its process has not connected yet.
            _gangs.Remove((end.Batch, end.Epoch));
            Sender.Tell(new GangEnded(end.Batch, end.Epoch, null));
            return;
        }

        gang.IsEnding = true;
        _host.Tell(end);
        Timers.StartSingleTimer((end.Batch, end.Epoch), new EndTimeout(end.Batch, end.Epoch), EndGrace);
    }

    private void OnGangEnded(GangEnded ended)
    {
        if (ended.LeftBehind is not null)
            OnHung(ended.Batch, ended.Epoch);
        else if (Remove(ended.Batch, ended.Epoch) is { } gang)
            gang.Supervisor.Tell(ended);
    }

    /// <summary>A gang does not end, so the process is killed; only that gang is blamed for it.</summary>
    private void OnHung(MemberRange batch, int epoch)
    {
        if (_gangs.TryGetValue((batch, epoch), out var gang))
        {
            _hung ??= gang;
            _process?.Kill();
        }
    }

    // ------------------------------------------------------------------------------------------------- after the process's end

    private void OnProcessEnded(ProcessEnded ended)
    {
        (_process, _host, _couldStart) = (null, null, ended.Exit is not null);
        var failure = ended.Exit is { } exit ? FailureOf(exit) : GangFailure.Of(ended.Error!);
        foreach (var gang in _gangs.Values)
            gang.Failure = failure;

        Timers.StartSingleTimer("drain", new Drained(), DrainTime);
    }

    private GangFailure FailureOf(ProcessExit exit)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"child process {exit.Pid}");
        return new GangFailure(FailureKind.Process, $"{name} {exit.Describe()}")
        {
            LostProcess = string.Create(CultureInfo.InvariantCulture, $"{name} on {Environment.MachineName}, number {_number}"),
        };
    }

    private void QueryLostGangs()
    {
        foreach (var gang in LostGangs())
            gang.Start.Coordinator.Tell(new QueryGangIdle());

        Timers.StartSingleTimer("idle query", new IdleQueryTimeout(), IdleQueryTime);
        ReportLostWhenAllAnswered();
    }

    private void OnIdleStatus(GangIdleStatus status)
    {
        if (_gangs.TryGetValue((status.Batch, status.Epoch), out var gang))
        {
            gang.IsIdle = status.IsIdle;
            ReportLostWhenAllAnswered();
        }
    }

    private void ReportLostWhenAllAnswered()
    {
        if (LostGangs().All(gang => gang.IsIdle is not null))
            ReportLost();
    }

    /// <summary>Gangs that were busy are suspects, and the idle ones bystanders. If none was busy, all are suspects.</summary>
    private void ReportLost()
    {
        Timers.Cancel("idle query");
        var lost = LostGangs();
        var suspects = lost.Where(gang => _hung is null ? gang.IsIdle != true : gang == _hung).ToList();
        foreach (var gang in lost)
        {
            var start = gang.Start.Start;
            var failure = suspects.Count == 0 || suspects.Contains(gang)
                ? gang.Failure!
                : gang.Failure! with { LostProcess = null, IsBystander = true };
            Remove(start.Batch, start.Epoch);
            gang.Supervisor.Tell(gang.IsEnding
                ? new GangEnded(start.Batch, start.Epoch, null)
                : new GangLost(start.Batch, start.Epoch, failure));
        }

        _hung = null;
        if (_process is null && _couldStart && lost.Exists(gang => !gang.IsEnding))
            Launch();
    }

    private List<Gang> LostGangs() => [.. _gangs.Values.Where(gang => gang.Failure is not null)];

    private Gang? Remove(MemberRange batch, int epoch)
    {
        Timers.Cancel((batch, epoch));
        return _gangs.Remove((batch, epoch), out var gang) ? gang : null;
    }

    private sealed class Gang(StartGang start, IActorRef supervisor)
    {
        public StartGang Start => start;

        public IActorRef Supervisor => supervisor;

        public bool IsEnding { get; set; }

        /// <summary>Set once the process has ended.</summary>
        public GangFailure? Failure { get; set; }

        /// <summary>Null until its coordinator has answered.</summary>
        public bool? IsIdle { get; set; }
    }

    private sealed record ProcessEnded(int Number, ProcessExit? Exit, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record EndTimeout(MemberRange Batch, int Epoch) : INoSerializationVerificationNeeded;

    private sealed record Drained : INoSerializationVerificationNeeded;

    private sealed record IdleQueryTimeout : INoSerializationVerificationNeeded;
}
