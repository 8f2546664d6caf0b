using System.Diagnostics;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>
/// A batch on a node as .NET spans: one from its grant to its end, and in it one for each restart (from the failure until the next gang
/// starts) and each session (from the first rank's commit until it is durable). Without a listener there are none.
/// </summary>
public sealed class BatchTrace
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Cairn.Batches";

    private static readonly ActivitySource Source = new(SourceName);
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?>[] _of;
    private readonly Activity? _batch;
    private Activity? _restart;

    internal BatchTrace(Grant grant, TimeProvider time)
    {
        _time = time;
        _of = [new("cairn.run", grant.RunId), new("cairn.batch", RunWork.Label(grant.Batch)), new("cairn.epoch", grant.Epoch)];
        _batch = Begin("batch", TimeSpan.Zero, default);
    }

    internal void Began(BatchStarted started)
    {
        _restart?.SetTag("cairn.epoch", started.Epoch).SetTag("cairn.lead_time", started.LeadTime.TotalSeconds);
        End(ref _restart);
    }

    internal void Failed(GangFailure failure, bool isRestarted)
    {
        var cause = MemberMeter.Word(failure.Kind);
        _batch?.AddEvent(new ActivityEvent("failure", _time.GetUtcNow(), [new("cairn.cause", cause), new("cairn.error", failure.Cause)]));
        End(ref _restart);
        if (isRestarted && _batch is not null)
        {
            _restart = Begin("restart", TimeSpan.Zero, _batch.Context);
            _restart?.SetTag("cairn.cause", cause).SetTag("cairn.error", failure.Cause);
        }
    }

    internal void Committed(GangCommitted committed, TimeSpan leadTime)
    {
        if (_batch is not null)
        {
            var commit = Begin("commit session", committed.Took, _batch.Context);
            commit?.SetTag("cairn.session", committed.Session).SetTag("cairn.lead_time", leadTime.TotalSeconds);
            End(ref commit);
        }
    }

    /// <summary>The batch has ended on this node; null if its supervisor failed.</summary>
    internal void Ended(BatchEnded? ended)
    {
        End(ref _restart);
        if (_batch is { IsStopped: false })
        {
            _batch.SetTag("cairn.steps", ended?.Steps);
            _batch.SetStatus(ended is { Error: null } ? ActivityStatusCode.Ok : ActivityStatusCode.Error, ended?.Error);
            _batch.SetEndTime(_time.GetUtcNow().UtcDateTime);
            _batch.Stop();
        }
    }

    private void End(ref Activity? span)
    {
        span?.SetEndTime(_time.GetUtcNow().UtcDateTime);
        span?.Stop();
        span = null;
    }

    /// <summary>Starts a span that is not current: an actor's thread goes on to other work.</summary>
    private Activity? Begin(string name, TimeSpan ago, ActivityContext parent)
    {
        if (!Source.HasListeners())
            return null;

        Activity.Current = null;
        var span = Source.StartActivity(name, ActivityKind.Internal, parent, _of, startTime: _time.GetUtcNow() - ago);
        Activity.Current = null;
        return span;
    }
}
