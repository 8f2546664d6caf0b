using System.Globalization;
using Akka.TestKit;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Catalog;

namespace Cairn.Actors.Tests.Members;

/// <summary>A gang whose workers are probes that do what a test says; the sessions of a gang of one are real.</summary>
internal sealed class SteeredGang : IDisposable
{
    private readonly SupervisedBatch _batch;
    private readonly StartGang _asked;
    private readonly IActorRef _supervisor;
    private CheckpointSession? _session;
    private int _attempts;

    public SteeredGang(SupervisedBatch batch, StartGang asked, IActorRef supervisor)
    {
        (_batch, _asked, _supervisor) = (batch, asked, supervisor);
        Workers =
        [
            .. Enumerable.Range(0, batch.Run.Spec.Ranks.Count).Select(rank => batch.CreateTestProbe(
                string.Create(CultureInfo.InvariantCulture, $"worker-{asked.Start.Epoch}-{rank}"))),
        ];
    }

    public GangStart Start => _asked.Start;

    public IActorRef Coordinator => _asked.Coordinator;

    /// <summary>One a rank.</summary>
    public IReadOnlyList<TestProbe> Workers { get; }

    private RunContext Run => _batch.Run;

    /// <summary>All ranks are ready, and their coordinator knows: workers report nothing before that.</summary>
    public void ReportReady()
    {
        _supervisor.Tell(new RanksReady(Start.Batch, Start.Epoch, 0, [.. Workers.Select(w => w.Ref)]), ActorRefs.NoSender);
        _batch.AwaitProcessed(_supervisor);
        _batch.AwaitProcessed(Coordinator);
    }

    /// <summary>The next order of a kind that a rank gets; those before it are passed over.</summary>
    public T Until<T>(int rank = 0) where T : RankOrder => Workers[rank].FishForMessage<T>(_ => true);

    /// <summary>Tells the coordinator something, as a rank's own worker does.</summary>
    public void Tell(RankReport report) => Coordinator.Tell(report, Workers[report.Rank].Ref);

    public void Reach(int boundary, int rank = 0) => Tell(new RankReport.Reached(rank, boundary, boundary));

    public void Wait(int boundary, int orders, int rank = 0) => Tell(new RankReport.Waiting(rank, boundary, orders));

    /// <summary>Commits a boundary, and waits for the verdict.</summary>
    public void Commit(int boundary)
    {
        Stage(boundary);
        Assert.Equal(new RankOrder.Verdict(_attempts, boundary), Until<RankOrder.Verdict>());
    }

    public void Stage(int boundary)
    {
        var row = Write(boundary);
        Reach(boundary);
        Tell(new RankReport.Staged(new RankCommit(0, Start.Epoch, ++_attempts, boundary, row.CommitId)));
    }

    public void FailStaging(int boundary) => Tell(new RankReport.StagingFailed(0, ++_attempts, boundary, "no space"));

    /// <summary>The step to a boundary throws.</summary>
    public void Fail(int boundary, int? member = 0) => Fail(
        new GangFailure(FailureKind.Step, $"a NaN at boundary {boundary}") { Rank = 0, Member = member, Boundary = boundary });

    public void Fail(GangFailure failure, int rank = 0) =>
        _supervisor.Tell(new RankReport.Failed(rank, failure, 3), Workers[rank].Ref);

    /// <summary>A process of it is gone.</summary>
    public void Lose(GangFailure failure) => _supervisor.Tell(new GangLost(Start.Batch, Start.Epoch, failure), _batch.Ranks.Ref);

    public void End(int boundary, int rank = 0) =>
        Tell(new RankReport.Ended(rank, boundary == SupervisedBatch.Last, boundary, boundary));

    public void Dispose() => _session?.Dispose();

    private CheckpointRow Write(int boundary)
    {
        _session ??= Open();
        _session.WriteCount = boundary + 1;
        CheckpointRow? row = null;
        _session.Committed += Keep;
        _session.Flush(new Dictionary<string, object?> { ["lead_time"] = LeadTimeText.ToNumpy(Run.Schedule.LeadTime(boundary)) });
        _session.Drain();
        _session.Committed -= Keep;
        return row!;

        void Keep(CheckpointRow committed) => row = committed;
    }

    private CheckpointSession Open()
    {
        var folders = new BatchFolders(Run, static _ => { });
        var checkpoint = folders.Open(Start.Batch, 0, 1);
        checkpoint.JoinEpoch(Start.Epoch);
        var session = checkpoint.Open(Start.Session is { } id ? folders.Catalog(Start.Batch).Find(id) : null);
        _ = session.Bind(new RolloutState());
        return session;
    }
}
