using System.Globalization;
using Cairn.Actors.Checkpointing;

namespace Cairn.Actors.Members;

/// <summary>
/// Stands for one rank of a gang, wherever it runs: passes its reports on and orders to it, and notices when it gets nowhere.
/// </summary>
internal sealed class RankWorker : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    private const int ChecksPerDeadline = 8;
    private static readonly TimeSpan SoonestCheck = TimeSpan.FromMilliseconds(50);
    private readonly int _rank;
    private readonly IActorRef _coordinator;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;
    private IGang? _gang;
    private long _since;
    private bool _waits;
    private int _boundary;

    /// <param name="rank">The rank.</param>
    /// <param name="boundary">The boundary that it stands at, or -1.</param>
    /// <param name="coordinator">Its gang's coordinator.</param>
    /// <param name="deadline">The longest that it may take to its next boundary.</param>
    /// <param name="time">The clock.</param>
    public RankWorker(int rank, int boundary, IActorRef coordinator, TimeSpan deadline, TimeProvider time)
    {
        (_rank, _boundary, _coordinator, _deadline, _time) = (rank, boundary, coordinator, deadline, time);
        Receive<GangLaunched>(OnLaunched);
        ReceiveAny(_ => Stash.Stash());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private void OnLaunched(GangLaunched launched)
    {
        _gang = launched.Gang;
        Progress(waits: false);
        var check = _deadline / ChecksPerDeadline;
        Timers.StartPeriodicTimer("deadline", new CheckDeadline(), check < SoonestCheck ? SoonestCheck : check);
        Become(Launched);
        Stash.UnstashAll();
    }

    private void Launched()
    {
        Receive<RankReport.Reached>(report =>
        {
            _boundary = report.Boundary;
            Progress(waits: false);
            _coordinator.Tell(report);
        });
        Receive<RankReport.Waiting>(report =>
        {
            Progress(waits: true);
            _coordinator.Tell(report);
        });
        // Not an order: it may be one that does not end the wait, or be overtaken by the news that the rank waits.
        Receive<RankReport.GoesOn>(_ => Progress(waits: false));
        Receive<RankReport.Staged>(report => _coordinator.Tell(report));
        Receive<RankReport.StagingFailed>(report => _coordinator.Tell(report));
        Receive<RankReport.Ended>(OnEnd);
        Receive<RankReport>(report => Context.Parent.Tell(report));
        Receive<RankOrder>(order => _gang!.Tell(_rank, order));
        Receive<CheckDeadline>(_ => OnCheck());
    }

    private void OnEnd(RankReport.Ended report)
    {
        Timers.CancelAll();
        Context.Parent.Tell(report);
    }

    private void Progress(bool waits)
    {
        _since = _time.GetTimestamp();
        _waits = waits;
    }

    private void OnCheck()
    {
        if (_waits || _time.GetElapsedTime(_since) <= _deadline)
        {
            return;
        }

        Timers.CancelAll();
        var limit = _deadline.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        Context.Parent.Tell(new RankReport.Failed(
            _rank,
            new GangFailure(
                FailureKind.Hang, $"rank {_rank} has not reached its next boundary within supervision.boundary-deadline = {limit} s")
            {
                Rank = _rank,
                Boundary = _boundary + 1,
            },
            0));
    }

    private sealed record CheckDeadline;
}

/// <summary>Told to workers: the ranks of their gang have been launched.</summary>
/// <param name="Gang">The gang.</param>
internal sealed record GangLaunched(IGang Gang);
