using Cairn.Actors.Seed;
using Cairn.Actors.Tests.Runs;
using Cairn.Engine.Runs;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Tests.Seed;

/// <summary>The registry of a cluster, asked by messages alone.</summary>
public sealed class LedgerRegistryTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly SmallRun _run = new();
    private readonly ActorSystem _system = ActorSystem.Create("registry");
    private readonly TaskCompletionSource<IRunLedger> _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IRunLedger _ledger = null!;
    private IActorRef _registry = ActorRefs.Nobody;

    public async Task InitializeAsync()
    {
        _ledger = await LedgerAddress.Parse(Path.Combine(_run.Folder, "ledger.db")).OpenAsync(TimeProvider.System, default);
        var rules = new SubmissionRules([_run.Folder], []);
        var ledger = _opening.Task;
        _registry = _system.ActorOf(Props.Create(() => new LedgerRegistry(ledger, rules, TimeProvider.System)), "runs");
    }

    [Fact]
    public async Task Runs_are_entered_listed_and_told_of()
    {
        _opening.SetResult(_ledger);
        var spec = _run.Spec("one", "priority=2");
        var entered = await _registry.Ask<RunEntered>(new EnterRun(spec, "key"), Patience);
        var again = await _registry.Ask<RunEntered>(new EnterRun(spec, "key"), Patience);
        var sent = await _registry.Ask<RunEntered>(
            new SubmitSpec(RunSpecJson.Write(_run.Spec("two")).ToJsonString(), SpecFormat.Json, null), Patience);

        Assert.Equal((entered.Id, true, false), (again.Id, entered.IsNew, again.IsNew));
        Assert.Equal([sent.Id, entered.Id], (await _registry.Ask<RunList>(new ListRuns(10, null), Patience)).Runs.Select(r => r.RunId));
        var told = await _registry.Ask<RunDescription>(new DescribeRun(entered.Id, WithHistory: true), Patience);
        Assert.Equal((RunState.Submitted, 2, spec.Checkpoint.Path), (told.Run.State, told.Run.Priority, told.Run.CheckpointPath));
        Assert.Equal(2, (await _registry.Ask<RegistryFigures>(new TakeFigures(), Patience)).Counts.Runs[RunState.Submitted]);
    }

    [Fact]
    public async Task What_waits_for_events_is_answered_when_one_comes()
    {
        _opening.SetResult(_ledger);
        var id = (await _registry.Ask<RunEntered>(new EnterRun(_run.Spec("one"), null), Patience)).Id;
        var first = await _registry.Ask<RunEvents>(new ReadEvents(id, 0, 10, TimeSpan.Zero), Patience);
        var waiting = _registry.Ask<RunEvents>(new ReadEvents(id, first.Events[^1].Number, 10, Patience), Patience);
        await _registry.Ask<RunTold>(new CancelRun(id), Patience);

        Assert.Equal("run submitted", Assert.Single(first.Events).Kind);
        Assert.Equal("run cancel requested", (await waiting).Events[0].Kind);
        var rest = await _registry.Ask<RunEvents>(new ReadEvents(id, long.MaxValue, 10, Patience), Patience);
        Assert.Equal((0, RunState.Cancelled), (rest.Events.Count, rest.State));
    }

    [Fact]
    public async Task What_is_not_there_or_cannot_be_done_is_answered()
    {
        _opening.SetResult(_ledger);

        Assert.Equal("nobody", (await _registry.Ask<NoSuchRun>(new DescribeRun("nobody", false), Patience)).Id);
        Assert.Equal("nobody", (await _registry.Ask<NoSuchRun>(new CancelRun("nobody"), Patience)).Id);
        Assert.Equal("nobody", (await _registry.Ask<NoSuchNode>(new DrainNode("nobody"), Patience)).Id);
        var outside = new SubmitSpec("name = x\ncheckpoint.path = /etc/x", SpecFormat.Hocon, null);
        var mistakes = await Assert.ThrowsAsync<RunSpecException>(() => _registry.Ask<RunEntered>(outside, Patience));
        Assert.Contains(mistakes.Mistakes, m => m.Key == "checkpoint.path");
        Assert.Empty((await _registry.Ask<RunList>(new ListRuns(10, null), Patience)).Runs);
    }

    [Fact]
    public async Task While_the_ledger_is_not_open_every_question_is_refused_at_once()
    {
        await Assert.ThrowsAsync<TransientException>(() => _registry.Ask<LedgerAnswered>(new CheckLedger(), Patience));
        await Assert.ThrowsAsync<TransientException>(() => _registry.Ask<RunEntered>(new EnterRun(_run.Spec("one"), null), Patience));
        _opening.SetResult(_ledger);

        Assert.NotNull(await _registry.Ask<LedgerAnswered>(new CheckLedger(), Patience));
        Assert.Empty((await _registry.Ask<RunList>(new ListRuns(10, null), Patience)).Runs);
        Assert.Equal(2, (await _registry.Ask<RegistryFigures>(new TakeFigures(), Patience)).Calls.Failed);
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        await _ledger.DisposeAsync();
    }

    public void Dispose() => _run.Dispose();
}
