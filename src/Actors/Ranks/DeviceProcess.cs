using System.Globalization;
using Cairn.Actors.Members;
using Cairn.Engine.Processes;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The child process that steps a run's batches on a device (<c>ranks.launcher = process</c>), as its node sees it. It is started with the
/// first gang, and loads the model once for all; when it ends, all gangs in it are lost, and another is started for those that follow
/// them: by the time that they are there, so is it.
/// </summary>
internal sealed class DeviceProcess : ReceiveActor, IWithTimers
{
    /// <summary>The child itself gives its ranks ten seconds, and answers then.</summary>
    private static readonly TimeSpan Grace = RankWorker.Grace + TimeSpan.FromSeconds(5);

    /// <summary>What the child said before it ended may still be on its way.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);

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
        Receive<RankMeasured>(NodeMeasures.Measure, _ => Sender.Equals(_host));
        Receive<EndGang>(OnEnd);
        Receive<GangGone>(OnGone, _ => Sender.Path.Address == _host?.Path.Address);
        Receive<EndingIsLate>(late => OnLate(late.Batch, late.Epoch));
        Receive<ProcessEnded>(OnProcessEnded, ended => ended.Number == _number);
        Receive<Settled>(_ => AskWhereGangsStand());
        Receive<GangStands>(OnStands);
        Receive<StandingIsLate>(_ => TellLost());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="run">The run.</param>
    /// <param name="processes">How this node starts processes.</param>
    public static Props Props(RunContext run, RankProcesses processes) =>
        Akka.Actor.Props.Create(() => new DeviceProcess(run, processes));

    /// <summary>No gang is left that needs the report.</summary>
    protected override void PostStop()
    {
        _output?.Silence();
        _host?.Tell(new LeaveNow(0));
        _process?.KillAfter(TimeSpan.FromSeconds(_host is null ? 0 : 5));
        base.PostStop();
    }

    private void OnStart(StartGang asked)
    {
        var gang = new Gang(asked, Sender);
        _gangs.Add((asked.Start.Batch, asked.Start.Epoch), gang);
        if (_process is null)
        {
            Launch();
        }

        // Its answers go straight to the supervisor.
        _host?.Tell(asked, gang.Supervisor);
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
        _host.Tell(new RankAdmitted(RunSetup.Of(_run)) { Measures = NodeMeasures.AreHeard });
        foreach (var gang in _gangs.Values)
        {
            _host.Tell(gang.Asked, gang.Supervisor);
        }
    }

    private void OnEnd(EndGang end)
    {
        if (!_gangs.TryGetValue((end.Batch, end.Epoch), out var gang) || _host is null)
        {
            // It was lost before, or its process never came to start it.
            _gangs.Remove((end.Batch, end.Epoch));
            Sender.Tell(new GangGone(end.Batch, end.Epoch, null));
            return;
        }

        gang.IsEnding = true;
        _host.Tell(end);
        Timers.StartSingleTimer((end.Batch, end.Epoch), new EndingIsLate(end.Batch, end.Epoch), Grace);
    }

    private void OnGone(GangGone gone)
    {
        if (gone.LeftBehind is not null)
        {
            OnLate(gone.Batch, gone.Epoch);
        }
        else if (Remove(gone.Batch, gone.Epoch) is { } gang)
        {
            gang.Supervisor.Tell(gone);
        }
    }

    /// <summary>A gang in it does not end, so the process does; the gangs beside it have done nothing to deserve it.</summary>
    private void OnLate(MemberRange batch, int epoch)
    {
        if (_gangs.TryGetValue((batch, epoch), out var gang))
        {
            _hung ??= gang;
            _process?.Kill();
        }
    }

    // ------------------------------------------------------------------------------------------------------- when it has ended

    private void OnProcessEnded(ProcessEnded ended)
    {
        (_process, _host, _couldStart) = (null, null, ended.Exit is not null);
        var failure = ended.Exit is { } exit
            ? Lost(exit)
            : RankFailures.Of(ended.Error!);
        foreach (var gang in _gangs.Values)
        {
            gang.Loss = failure;
        }

        Timers.StartSingleTimer("settled", new Settled(), Settling);
    }

    private GangFailure Lost(ProcessExit exit)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"child process {exit.Pid}");
        return new GangFailure(FailureKind.Process, $"{name} {exit.Describe()}")
        {
            LostProcess = string.Create(CultureInfo.InvariantCulture, $"{name} on {Environment.MachineName}, number {_number}"),
        };
    }

    private void AskWhereGangsStand()
    {
        foreach (var gang in Lost())
        {
            gang.Asked.Coordinator.Tell(new AskWhereGangStands());
        }

        Timers.StartSingleTimer("standing", new StandingIsLate(), TimeSpan.FromSeconds(1));
        TellLostWhenAllStand();
    }

    private void OnStands(GangStands stands)
    {
        if (_gangs.TryGetValue((stands.Batch, stands.Epoch), out var gang))
        {
            gang.Stands = stands;
            TellLostWhenAllStand();
        }
    }

    private void TellLostWhenAllStand()
    {
        if (Lost().All(gang => gang.Stands is not null))
        {
            TellLost();
        }
    }

    /// <summary>The gangs that had something in hand count it as theirs; where none had, who knows: all do.</summary>
    private void TellLost()
    {
        Timers.Cancel("standing");
        var lost = Lost();
        var suspects = lost.Where(gang => _hung is null ? gang.Stands is not { IsIdle: true } : gang == _hung).ToList();
        foreach (var gang in lost)
        {
            var start = gang.Asked.Start;
            var failure = suspects.Count == 0 || suspects.Contains(gang)
                ? gang.Loss!
                : gang.Loss! with { LostProcess = null, IsBystander = true };
            Remove(start.Batch, start.Epoch);
            gang.Supervisor.Tell(gang.IsEnding
                ? new GangGone(start.Batch, start.Epoch, null)
                : new GangLost(start.Batch, start.Epoch, failure));
        }

        _hung = null;
        if (_process is null && _couldStart && lost.Exists(gang => !gang.IsEnding))
        {
            Launch();
        }
    }

    private List<Gang> Lost() => [.. _gangs.Values.Where(gang => gang.Loss is not null)];

    private Gang? Remove(MemberRange batch, int epoch)
    {
        Timers.Cancel((batch, epoch));
        return _gangs.Remove((batch, epoch), out var gang) ? gang : null;
    }

    private sealed class Gang(StartGang asked, IActorRef supervisor)
    {
        public StartGang Asked { get; } = asked;

        public IActorRef Supervisor { get; } = supervisor;

        public bool IsEnding { get; set; }

        public GangFailure? Loss { get; set; }

        public GangStands? Stands { get; set; }
    }

    private sealed record ProcessEnded(int Number, ProcessExit? Exit, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record EndingIsLate(MemberRange Batch, int Epoch) : INoSerializationVerificationNeeded;

    private sealed record Settled : INoSerializationVerificationNeeded;

    private sealed record StandingIsLate : INoSerializationVerificationNeeded;
}
