using Akka.Persistence;
using Akka.Persistence.TestKit;
using Akka.TestKit.Xunit2;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Actors.Tests.Runs;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>A seed that may have to take over reads the journal of runs, changes nothing in it, and tells when it cannot.</summary>
public sealed class StandbySeedTests() : TestKit(FailingJournal.Settings + "akka.loglevel = WARNING")
{
    private readonly SmallRun _run = new();

    [Fact]
    public void It_reads_what_there_is_and_ends_while_the_registry_goes_on()
    {
        var registry = Registry();
        Submit(registry, "one");
        ExpectEnd(Sys.ActorOf(Props.Create<StandbySeed>()));
        Submit(registry, "two");
    }

    [Fact]
    public async Task A_journal_that_it_cannot_read_is_told_of()
    {
        Submit(Registry(), "one");
        await FailingJournal.Of(Sys).OnRecovery.Fail();
        EventFilter.Warning(contains: "could not take over now").ExpectOne(() => ExpectEnd(Sys.ActorOf(Props.Create<StandbySeed>())));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _run.Dispose();
    }

    private IActorRef Registry() => Sys.ActorOf(RunRegistry.Props(new RegistrySetup(null, TimeProvider.System, RegistryTimes.Default)));

    private void Submit(IActorRef registry, string name)
    {
        registry.Tell(new SubmitRun(RunSpecJson.Write(_run.Spec(name)).ToJsonString(), SpecFormat.Json));
        ExpectMsg<RunAccepted>();
    }

    private void ExpectEnd(IActorRef standby)
    {
        Watch(standby);
        ExpectTerminated(standby);
    }
}
