using System.Globalization;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The ranks of one run in one process: starts the workers of its gangs, all that a gang has or, over MPI, the one that this process is,
/// and ends them.
/// </summary>
internal sealed class RankHost : ReceiveActor
{
    private readonly Dictionary<(MemberRange Batch, int Epoch), Gang> _gangs = [];
    private readonly RunContext _run;
    private readonly MpiRank? _mpi;
    private readonly Action _ends;

    public RankHost(RunContext run, MpiRank? mpi, Action ends)
    {
        (_run, _mpi, _ends) = (run, mpi, ends);
        Receive<StartGang>(OnStart);
        Receive<EndGang>(OnEnd);
        Receive<RankLeft>(OnLeft);
        Receive<Terminated>(OnTerminated);
    }

    /// <param name="run">The run, loaded in this process.</param>
    /// <param name="mpi">The rank that this process is; null if gangs are its threads.</param>
    /// <param name="ends">Called by the thread of a rank that has ended normally, before that is reported; null for nothing.</param>
    public static Props Props(RunContext run, MpiRank? mpi = null, Action? ends = null)
    {
        var told = ends ?? (static () => { });
        return Akka.Actor.Props.Create(() => new RankHost(run, mpi, told));
    }

    /// <summary>A worker that failed has lost its thread: its gang is informed, and the others continue.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (_gangs.Values.FirstOrDefault(g => g.Workers.Contains(Sender)) is { } gang)
        {
            gang.Of.Supervisor.Tell(new GangLost(gang.Of.Start.Batch, gang.Of.Start.Epoch, RankFailures.Of(error)));
        }

        return Directive.Stop;
    });

    private void OnStart(StartGang asked)
    {
        var start = asked.Start;
        var of = new RankGang(start, asked.Coordinator, Sender);
        var setups = (_mpi is { } mpi ? [mpi.Setup(_run, of)] : InThisProcess(of)).ConvertAll(Telling);
        var gang = new Gang(of, [.. setups.Select(setup => Worker(setup, start))], setups[0].Abort);
        _gangs.Add((start.Batch, start.Epoch), gang);
        Sender.Tell(new RanksReady(start.Batch, start.Epoch, setups[0].Ranks.Rank, [.. gang.Workers]));
    }

    private RankSetup Telling(RankSetup setup) => setup with
    {
        Complete = () =>
        {
            setup.Complete();
            _ends();
        },
    };

    private List<RankSetup> InThisProcess(RankGang of)
    {
        var size = _run.Spec.Ranks.Count;
        if (size == 1)
        {
            return [new RankSetup(_run, of, new SoloCommunicator(), OwnThread)];
        }

        var memory = InProcessGang.Create(size);
        return [.. memory.Ranks.Select(ranks => new RankSetup(_run, of, ranks, OwnThread) { Abort = memory.Abort })];
    }

    private static IActorRef Worker(RankSetup setup, GangStart start) => Context.Watch(Context.ActorOf(
        RankWorker.Props(setup),
        string.Create(CultureInfo.InvariantCulture, $"{start.Batch.FolderName}-{start.Epoch}-rank-{setup.Ranks.Rank}")));

    /// <summary>A step takes as long as it takes, and the pool's threads belong to others.</summary>
    private static void OwnThread(string name, Action body) => new Thread(() => body()) { IsBackground = true, Name = name }.Start();

    private void OnEnd(EndGang end)
    {
        if (!_gangs.TryGetValue((end.Batch, end.Epoch), out var gang))
        {
            Sender.Tell(new GangGone(end.Batch, end.Epoch, null));
            return;
        }

        gang.Asker = Sender;
        // Ranks that wait for one another inside an exchange receive no order.
        gang.Abort(new OperationCanceledException("The gang was stopped."));
        gang.Workers.ForEach(worker => worker.Tell(new EndRank()));
        TellIfGone(end.Batch, end.Epoch, gang);
    }

    private void OnLeft(RankLeft left)
    {
        if (!left.IsClean && _gangs.Values.FirstOrDefault(g => g.Workers.Contains(Sender)) is { } gang)
        {
            gang.LeftBehind++;
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        foreach (var ((batch, epoch), gang) in _gangs.Where(g => g.Value.Workers.Remove(terminated.ActorRef)).ToList())
        {
            TellIfGone(batch, epoch, gang);
        }
    }

    private void TellIfGone(MemberRange batch, int epoch, Gang gang)
    {
        if (gang.Workers.Count > 0 || gang.Asker is not { } asker)
        {
            return;
        }

        _gangs.Remove((batch, epoch));
        asker.Tell(new GangGone(batch, epoch, gang.LeftBehind == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{gang.LeftBehind} of its ranks in process {Environment.ProcessId} did not end within {RankWorker.Grace.TotalSeconds} s")));
    }

    private sealed class Gang(RankGang of, List<IActorRef> workers, Action<Exception> abort)
    {
        public RankGang Of { get; } = of;

        public Action<Exception> Abort { get; } = abort;

        public List<IActorRef> Workers { get; } = workers;

        public IActorRef? Asker { get; set; }

        public int LeftBehind { get; set; }
    }
}
