using System.Threading.Channels;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;
using Cairn.Actors.Tests.Conformance;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Catalog;

namespace Cairn.Actors.Tests.Members;

/// <summary>Launches gangs that a test steers.</summary>
internal sealed class SteeredLauncher(RunParts run) : IGangLauncher
{
    public Channel<SteeredGang> Launched { get; } = Channel.CreateUnbounded<SteeredGang>();

    public IGang Launch(GangStart start, Action<RankReport> report)
    {
        var gang = new SteeredGang(run, start, report);
        Launched.Writer.TryWrite(gang);
        return gang;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A gang of one rank that does what a test says; its sessions are real.</summary>
internal sealed class SteeredGang(RunParts run, GangStart start, Action<RankReport> report) : IGang
{
    private readonly Channel<RankOrder> _orders = Channel.CreateUnbounded<RankOrder>();
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CheckpointSession? _session;
    private int _attempts;

    public GangStart Start => start;

    /// <summary>Done when the supervisor wants the gang to end.</summary>
    public Task Stopping => _stopping.Task.WaitAsync(Probe.Patience);

    /// <summary>Ends when the gang has stopped; at once unless a test says otherwise.</summary>
    public Task Stopped { get; set; } = Task.CompletedTask;

    /// <summary>What its line does with an order besides keeping it.</summary>
    public Action<RankOrder> Line { get; set; } = _ => { };

    public void Tell(int rank, RankOrder order)
    {
        Line(order);
        _orders.Writer.TryWrite(order);
    }

    public Task StopAsync()
    {
        _session?.Dispose();
        _stopping.TrySetResult();
        return Stopped;
    }

    public void Dispose()
    {
    }

    /// <summary>The next order of a kind; those before it are passed over.</summary>
    public async Task<T> Until<T>() where T : RankOrder
    {
        while (true)
        {
            if (await _orders.Reader.ReadAsync().AsTask().WaitAsync(Probe.Patience) is T wanted)
            {
                return wanted;
            }
        }
    }

    public void Reach(int boundary) => report(new RankReport.Reached(0, boundary, boundary));

    /// <summary>Commits a boundary, and waits for the verdict.</summary>
    public async Task Commit(int boundary)
    {
        Stage(boundary);
        Assert.Equal(new RankOrder.Verdict(_attempts, boundary), await Until<RankOrder.Verdict>());
    }

    public void Stage(int boundary)
    {
        var row = Write(boundary);
        Reach(boundary);
        report(new RankReport.Staged(new RankCommit(0, start.Epoch, ++_attempts, boundary, row.CommitId)));
    }

    public void FailStaging(int boundary) => report(new RankReport.StagingFailed(0, ++_attempts, boundary, "no space"));

    public void Wait(int boundary) => report(new RankReport.Waiting(0, boundary));

    /// <summary>The step to a boundary throws.</summary>
    public void Fail(int boundary, int? member = 0) => Fail(
        new GangFailure(FailureKind.Step, $"a NaN at boundary {boundary}") { Rank = 0, Member = member, Boundary = boundary });

    public void Fail(GangFailure failure) => report(new RankReport.Failed(0, failure, 3));

    public void End(int boundary) => report(new RankReport.Ended(0, boundary == SupervisedBatch.Last, boundary, boundary));

    private CheckpointRow Write(int boundary)
    {
        _session ??= Open();
        _session.WriteCount = boundary + 1;
        CheckpointRow? row = null;
        _session.Committed += Keep;
        _session.Flush(new Dictionary<string, object?> { ["lead_time"] = LeadTimeText.ToNumpy(run.Schedule.LeadTime(boundary)) });
        _session.Drain();
        _session.Committed -= Keep;
        return row!;

        void Keep(CheckpointRow committed) => row = committed;
    }

    private CheckpointSession Open()
    {
        var folders = new BatchFolders(run, static _ => { });
        var checkpoint = folders.Open(start.Batch, 0, 1);
        checkpoint.JoinEpoch(start.Epoch);
        var session = checkpoint.Open(start.Session is { } id ? folders.Catalog(start.Batch).Find(id) : null);
        _ = session.Bind(new RolloutState());
        return session;
    }
}
