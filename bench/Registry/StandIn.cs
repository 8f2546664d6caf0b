using Akka.Actor;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Bench.Registry;

/// <summary>What a stand-in tells of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Acknowledged">Batches whose last reports the keeper has, since the last time.</param>
internal sealed record BatchesDone(string RunId, int Acknowledged) : INoSerializationVerificationNeeded;

/// <summary>
/// A node that steps nothing: it opens each run with so many batches, and reports of each batch that it began, has a session and ended, all
/// at once; what a gang does meanwhile is no matter of the registry's. Batches from <see cref="StandInWork.Holds"/> on are begun, and
/// never end.
/// </summary>
internal sealed class StandIn : ReceiveActor, IWithTimers
{
    private readonly Dictionary<(string Run, int First), HeldGrant> _holds = [];
    private readonly NodeInfo _node;
    private readonly StandInWork _work;
    private readonly IActorRef _registry;
    private long _hellos;

    public StandIn(IActorRef registry, string name, string address, StandInWork work)
    {
        (_registry, _work) = (registry, work);
        _node = new NodeInfo(name, "bench", Environment.ProcessId, address, "stand-in", work.Slots, false, ["cpu"], []);
        Receive<OpeningGrant>(grant => Report(
            grant.RunId, RunWork.Opening, grant.Epoch,
            new OpeningReport(
                grant.RunId, grant.Epoch, 1, [.. Enumerable.Range(0, work.Batches).Select(i => new BatchOnDisk(new(i, i), 0))])));
        Receive<Grant>(OnGrant);
        Receive<ClosingGrant>(grant => Report(
            grant.RunId, RunWork.Closing, grant.Epoch, new ClosingReport(grant.RunId, grant.Epoch, 1)));
        Receive<ReportAcknowledged>(OnAcknowledged);
        Receive<GrantWithdrawn>(withdrawn => _holds.Remove((withdrawn.RunId, withdrawn.Batch.First)));
        Receive<SayHello>(_ => Hello());
        ReceiveAny(static _ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("hello", new SayHello(), TimeSpan.FromSeconds(2));
        Hello();
    }

    private void Hello() => _registry.Tell(new NodeHello(_node, ++_hellos, [.. _holds.Values], false, 0));

    private void OnGrant(Grant grant)
    {
        var (run, batch, epoch) = (grant.RunId, grant.Batch, grant.Epoch);
        BatchReport At(int number, RunEvent happened) => new(run, batch, epoch, number, happened with { Batch = batch });
        var session = FormattableString.Invariant($"commit_{batch.First:00000000}_{batch.First:x12}");
        var reports = new[]
        {
            At(1, new BatchStarted(epoch, -1, TimeSpan.Zero, null)), At(2, new SessionCommitted(session, 4, TimeSpan.FromHours(24))),
            At(3, new BatchCompleted(24)),
        };
        Report(run, batch, epoch, batch.First < _work.Holds ? reports : reports[..2]);
    }

    private void Report(string run, MemberRange batch, int epoch, params object[] reports)
    {
        _holds[(run, batch.First)] = new HeldGrant(run, batch, epoch, false, false);
        Array.ForEach(reports, report => _registry.Tell(report));
    }

    private void OnAcknowledged(ReportAcknowledged acknowledged)
    {
        var isLast = acknowledged.Batch.First < 0 || acknowledged.Number == 3;
        if (isLast && _holds.Remove((acknowledged.RunId, acknowledged.Batch.First)) && acknowledged.Batch.First >= 0)
            _work.Told.Tell(new BatchesDone(acknowledged.RunId, 1));
    }

    private sealed record SayHello : INoSerializationVerificationNeeded;
}

/// <summary>What stand-ins do.</summary>
/// <param name="Slots">Batches that each takes at once.</param>
/// <param name="Batches">Batches that each run is laid out in.</param>
/// <param name="Holds">Batches from this one on never end.</param>
/// <param name="Told">Is told of every batch whose last report was acknowledged.</param>
internal sealed record StandInWork(int Slots, int Batches, int Holds, IActorRef Told);
