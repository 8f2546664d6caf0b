using System.Globalization;
using Cairn.Actors.Members;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The ranks of one run in one process: starts and ends the workers of its gangs, either all ranks of a gang or, over MPI, the one that
/// this process is.
/// </summary>
internal sealed class RankHost : ReceiveActor
{
    private readonly Dictionary<(MemberRange Batch, int Epoch), Gang> _gangs = [];
    private readonly RunContext _run;
    private readonly MpiRank? _mpi;
    private readonly Action _rankCompleted;

    public RankHost(RunContext run, MpiRank? mpi, Action rankCompleted)
    {
        (_run, _mpi, _rankCompleted) = (run, mpi, rankCompleted);
        Receive<StartGang>(OnStart);
        Receive<EndGang>(OnEnd);
        Receive<RankStopped>(OnRankStopped);
        Receive<Terminated>(OnTerminated);
    }

    /// <param name="mpi">The rank that this process is; null if ranks are its threads.</param>
    /// <param name="rankCompleted">Called on the thread of a rank that has ended normally, before that is reported.</param>
    public static Props Props(RunContext run, MpiRank? mpi = null, Action? rankCompleted = null)
    {
        var completed = rankCompleted ?? (static () => { });
        return Akka.Actor.Props.Create(() => new RankHost(run, mpi, completed));
    }

    /// <summary>A failed worker has lost its thread: its gang is lost, and the others continue.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (_gangs.Values.FirstOrDefault(g => g.Workers.Contains(Sender)) is { Of: var of })
            of.Supervisor.Tell(new GangLost(of.Start.Batch, of.Start.Epoch, GangFailure.Of(error)));

        return Directive.Stop;
    });

    private void OnStart(StartGang message)
    {
        var start = message.Start;
        var of = new RankGang(start, message.Coordinator, Sender);
        var setups = (_mpi is { } mpi ? [mpi.Setup(_run, of)] : InThisProcess(of)).ConvertAll(setup => setup with
        {
            Complete = () =>
            {
                setup.Complete();
                _rankCompleted();
            },
        });
        var gang = new Gang(of, [.. setups.Select(setup => StartWorker(setup, start))], setups[0].Abort);
        _gangs.Add((start.Batch, start.Epoch), gang);
        Sender.Tell(new RanksReady(start.Batch, start.Epoch, setups[0].Ranks.Rank, [.. gang.Workers]));
    }

    private List<RankSetup> InThisProcess(RankGang of)
    {
        var size = _run.Spec.Ranks.Count;
        if (size == 1)
            return [new RankSetup(_run, of, new SoloCommunicator(), StartThread)];

        var memory = InProcessGang.Create(size);
        return [.. memory.Ranks.Select(ranks => new RankSetup(_run, of, ranks, StartThread) { Abort = memory.Abort })];
    }

    private static IActorRef StartWorker(RankSetup setup, GangStart start) => Context.Watch(Context.ActorOf(
        RankWorker.Props(setup),
        string.Create(CultureInfo.InvariantCulture, $"{start.Batch.FolderName}-{start.Epoch}-rank-{setup.Ranks.Rank}")));

    /// <summary>A step may take long, so it must not occupy a thread of the pool.</summary>
    private static void StartThread(string name, Action body) => new Thread(() => body()) { IsBackground = true, Name = name }.Start();

    private void OnEnd(EndGang end)
    {
        if (!_gangs.TryGetValue((end.Batch, end.Epoch), out var gang))
        {
            Sender.Tell(new GangEnded(end.Batch, end.Epoch, null));
            return;
        }

        gang.EndRequester = Sender;
        // Ranks that wait for one another in an exchange get no orders.
        gang.Abort(new OperationCanceledException("The gang was stopped."));
        gang.Workers.ForEach(worker => worker.Tell(new StopRank()));
        AnswerIfEnded(end.Batch, end.Epoch, gang);
    }

    private void OnRankStopped(RankStopped stopped)
    {
        if (!stopped.IsClean && _gangs.Values.FirstOrDefault(g => g.Workers.Contains(Sender)) is { } gang)
            gang.LeftBehind++;
    }

    private void OnTerminated(Terminated terminated)
    {
        foreach (var ((batch, epoch), gang) in _gangs.Where(g => g.Value.Workers.Remove(terminated.ActorRef)).ToList())
            AnswerIfEnded(batch, epoch, gang);
    }

    private void AnswerIfEnded(MemberRange batch, int epoch, Gang gang)
    {
        if (gang.Workers.Count > 0 || gang.EndRequester is not { } requester)
            return;

        _gangs.Remove((batch, epoch));
        requester.Tell(new GangEnded(batch, epoch, gang.LeftBehind == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{gang.LeftBehind} of its ranks in process {Environment.ProcessId} did not end within {RankWorker.Grace.TotalSeconds} s")));
    }

    private sealed class Gang(RankGang of, List<IActorRef> workers, Action<Exception> abort)
    {
        public RankGang Of => of;

        public Action<Exception> Abort => abort;

        public List<IActorRef> Workers => workers;

        public IActorRef? EndRequester { get; set; }

        public int LeftBehind { get; set; }
    }
}
