using Cairn.Actors.Members;
using Cairn.Engine.Runs;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Seed;

/// <summary>
/// The registry of a cluster: takes runs and questions as messages and answers from the ledger, which carries them to the workers. It keeps
/// nothing itself, so that any number of them may stand before one ledger. Its messages are in <c>LedgerMessages.cs</c>.
/// </summary>
public sealed class LedgerRegistry : ReceiveActor
{
    // Behind a ledger's own signal: what was missed between looking and waiting is seen this much later.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Task<IRunLedger> _opening;
    private readonly SubmissionRules _rules;
    private readonly TimeProvider _time;
    private CallFigures _calls = CallFigures.None;

    /// <param name="ledger">The ledger, which may be opened yet; whoever made it ends it.</param>
    /// <param name="rules">What submitted specs may ask for.</param>
    /// <param name="time">The clock that calls are measured by.</param>
    public LedgerRegistry(Task<IRunLedger> ledger, SubmissionRules rules, TimeProvider time)
    {
        (_opening, _rules, _time) = (ledger, rules, time);
        Receive<SubmitSpec>(submit => Answer(SubmitAsync(submit)));
        Receive<EnterRun>(enter => Answer(EnterAsync(enter)));
        Receive<ListRuns>(list => Answer(
            async () => new RunList(await Ledger.RunsAsync(list.Limit, list.Before, default).ConfigureAwait(false))));
        Receive<DescribeRun>(describe => Answer(() => DescribeAsync(describe)));
        Receive<ReadEvents>(read => Answer(ReadAsync(read)));
        Receive<CancelRun>(cancel => Answer(async () => Told(cancel.Id,
            await Ledger.CancelAsync(cancel.Id, default).ConfigureAwait(false), "it has ended")));
        Receive<RetryRun>(retry => Answer(async () => Told(retry.Id,
            await Ledger.RetryAsync(retry.Id, default).ConfigureAwait(false),
            "only a run that failed or was cancelled can be retried, once it has ended")));
        Receive<ListNodes>(_ => Answer(async () => new NodeList(await Ledger.NodesAsync(default).ConfigureAwait(false))));
        Receive<DrainNode>(drain => Answer(async () =>
            await Ledger.DrainAsync(drain.Id, default).ConfigureAwait(false) ? new NodeTold(drain.Id) : new NoSuchNode(drain.Id)));
        Receive<CheckLedger>(_ => Answer(CheckAsync));
        Receive<TakeFigures>(_ => Answer(FiguresAsync(_calls)));
        Receive<Measured>(call => _calls = _calls.With(call.Took, call.Failed));
    }

    // Whoever asks is told at once: a question that waits here might be carried out when nobody waits for its answer any more.
    private IRunLedger Ledger => _opening.IsCompletedSuccessfully
        ? _opening.Result
        : throw new TransientException("the ledger is not open yet; ask again in a while.");

    private static object Told(string id, RunCommandOutcome outcome, string whyNot) => outcome switch
    {
        RunCommandOutcome.Done => new RunTold(id),
        RunCommandOutcome.NoSuchRun => new NoSuchRun(id),
        _ => new NotApplicable(id, whyNot),
    };

    /// <summary>Answers whoever sent the current message, and measures what the answer takes.</summary>
    private void Answer(Func<Task<object>> call) => Answer(MeasuredAsync(call, Self));

    private void Answer(Task<object> answer) => answer.PipeTo(Sender, Self);

    private async Task<T> MeasuredAsync<T>(Func<Task<T>> call, IActorRef self)
    {
        var begun = _time.GetTimestamp();
        var failed = true;
        try
        {
            var result = await call().ConfigureAwait(false);
            failed = false;
            return result;
        }
        finally
        {
            self.Tell(new Measured(_time.GetElapsedTime(begun), failed), ActorRefs.NoSender);
        }
    }

    private async Task<object> SubmitAsync(SubmitSpec submit)
    {
        var self = Self;
        var (text, format, rules) = (submit.Text, submit.Format, _rules);
        // Reading looks at the disk: whether inputs are there, and where links lead.
        var spec = await DiskWork.Run(() => SubmittedSpec.Read(text, format, rules)).ConfigureAwait(false);
        return await MeasuredAsync(() => EnterAsync(spec, submit.IdempotencyKey), self).ConfigureAwait(false);
    }

    private Task<object> EnterAsync(EnterRun enter) => MeasuredAsync(() => EnterAsync(enter.Spec, enter.IdempotencyKey), Self);

    private async Task<object> EnterAsync(RunSpec spec, string? key)
    {
        var run = new RunSubmission(
            spec.Name, RunSpecJson.Write(spec).ToJsonString(), spec.Checkpoint.Path, spec.Placement.Priority, spec.Ranks.Count,
            new Requirements(spec.Placement.Gpu, spec.Placement.Label), spec.Supervision.QuarantineAfter, key);
        var (id, isNew) = await Ledger.SubmitAsync(run, default).ConfigureAwait(false);
        return new RunEntered(id, isNew);
    }

    private async Task<object> DescribeAsync(DescribeRun describe)
    {
        if (await Ledger.RunAsync(describe.Id, default).ConfigureAwait(false) is not { } run)
        {
            return new NoSuchRun(describe.Id);
        }

        return new RunDescription(
            run,
            await Ledger.BatchesAsync(run.RunId, default).ConfigureAwait(false),
            describe.WithHistory ? await Ledger.AttemptsAsync(run.RunId, default).ConfigureAwait(false) : [],
            describe.WithHistory ? await Ledger.SessionsAsync(run.RunId, default).ConfigureAwait(false) : []);
    }

    private async Task<object> ReadAsync(ReadEvents read)
    {
        for (var begun = _time.GetTimestamp(); ;)
        {
            // The state before the events: what ended a run was recorded with the event that tells of it.
            if (await Ledger.RunAsync(read.Id, default).ConfigureAwait(false) is not { } run)
            {
                return new NoSuchRun(read.Id);
            }

            var events = await Ledger.EventsAsync(read.Id, read.After, read.Limit, default).ConfigureAwait(false);
            var left = read.Patience - _time.GetElapsedTime(begun);
            if (events.Count > 0 || run.HasEnded || left <= TimeSpan.Zero)
            {
                return new RunEvents(events, run.State);
            }

            await Ledger.WaitAsync(LedgerChange.Events, left < LookAgain ? left : LookAgain, default).ConfigureAwait(false);
        }
    }

    private async Task<object> CheckAsync()
    {
        await Ledger.RunsAsync(1, null, default).ConfigureAwait(false);
        return new LedgerAnswered();
    }

    private async Task<object> FiguresAsync(CallFigures calls) => new RegistryFigures(
        await Ledger.CountsAsync(default).ConfigureAwait(false), await Ledger.NodesAsync(default).ConfigureAwait(false), calls);

    private sealed record Measured(TimeSpan Took, bool Failed);
}
