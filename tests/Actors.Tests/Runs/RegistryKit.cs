using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Actors.Tests.Cluster;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Runs;

/// <summary>A registry with a journal in memory, and probes for its nodes; every message passes through its bytes.</summary>
public abstract class RegistryKit : TestKit
{
    internal static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka.loglevel = WARNING
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        akka.test.single-expect-default = 30s
        """).WithFallback(OwnSerializer.Settings).WithFallback(CairnSerializer.EveryMessage);

    private readonly SmallRun _run = new();
    private int _registries;

    protected RegistryKit() : base(Settings) => Registry = Begin();

    internal static RegistryTimes Times { get; } = new()
    {
        NodeReturnTimeout = TimeSpan.FromMinutes(10), CheckInterval = TimeSpan.FromMilliseconds(50),
        FirstPause = TimeSpan.FromMilliseconds(10),
        LongestPause = TimeSpan.FromMilliseconds(50), SnapshotEvery = 5,
    };

    internal SmallRun Folder => _run;

    protected IActorRef Registry { get; private set; }

    /// <summary>Who tells of deadlines; null for programs and addresses.</summary>
    internal IDeadlineAlerts? Alerts { get; set; }

    internal IActorRef Begin(RegistryTimes? times = null, SubmissionRules? rules = null, TimeProvider? time = null)
    {
        var setup = new RegistrySetup(rules, time ?? TimeProvider.System, times ?? Times);
        setup = Alerts is { } alerts ? setup with { Alerts = alerts } : setup;
        return Registry = Sys.ActorOf(RunRegistry.Props(setup), $"runs-{++_registries}");
    }

    /// <summary>The registry's process ends, and another one has the journal.</summary>
    internal void Restart(RegistryTimes? times = null)
    {
        Watch(Registry);
        Sys.Stop(Registry);
        ExpectTerminated(Registry);
        Unwatch(Registry);
        Begin(times);
    }

    internal string Submit(string name = "one", bool watch = false, params string[] settings)
    {
        Registry.Tell(Submission(name, settings) with { Watch = watch });
        return ExpectMsg<RunAccepted>().Id;
    }

    internal SubmitRun Submission(string name = "one", params string[] settings) =>
        new(RunSpecJson.Write(_run.Spec(name, settings)).ToJsonString(), SpecFormat.Json);

    internal TestNode Node(string id, int slots = 2) => new(this, id, slots);

    internal T Ask<T>(object question) => Registry.Ask<T>(question, TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();

    internal BatchRow Batch(string id, int first) =>
        Ask<BatchList>(new ListBatches(id)).Batches.Single(b => b.Batch.First == first);

    protected override void AfterAll()
    {
        base.AfterAll();
        _run.Dispose();
    }

    /// <summary>A node that does only what a test says.</summary>
    internal sealed class TestNode
    {
        private readonly RegistryKit _kit;
        private readonly Dictionary<int, long> _numbers = [];
        private readonly NodeInfo _info;
        private long _hellos;

        public TestNode(RegistryKit kit, string id, int slots)
        {
            _kit = kit;
            _info = new NodeInfo(id, id, 1, $"akka://{id}", "test", slots, false, ["cpu"], []);
            Probe = kit.CreateTestProbe();
            Hello();
        }

        public TestProbe Probe { get; }

        public void Hello(params HeldGrant[] holds)
        {
            Tell(new NodeHello(_info, ++_hellos, holds, false, null));
            Probe.FishForMessage(m => m is NodeKnown known && known.Number == _hellos);
        }

        public void Tell(object message) => _kit.Registry.Tell(message, Probe);

        public T Gets<T>() => Probe.ExpectMsg<T>();

        /// <summary>Opens the run that it is granted, with batches of two members.</summary>
        public void Opens(string run, int batches = 2)
        {
            var grant = Gets<OpeningGrant>();
            Tell(new OpeningReport(run, grant.Epoch, 1,
                [.. Enumerable.Range(0, batches).Select(i => new BatchOnDisk(new(2 * i, 2 * i + 1), 0))]));
            Assert.Equal((RunWork.Opening, 1), (Gets<ReportAcknowledged>() is var ack ? ack.Batch : default, ack.Number));
        }

        /// <summary>Reports the next thing of a grant.</summary>
        public BatchReport Report(Grant grant, RunEvent happened)
        {
            var number = _numbers[grant.Epoch + (1000 * grant.Batch.First)] =
                _numbers.GetValueOrDefault(grant.Epoch + (1000 * grant.Batch.First)) + 1;
            var report = new BatchReport(grant.RunId, grant.Batch, grant.Epoch, number, happened with { Batch = grant.Batch });
            Tell(report);
            return report;
        }

        public void Ends(Grant grant, RunEvent? last = null)
        {
            var report = Report(grant, last ?? new BatchCompleted(24));
            Probe.FishForMessage(m => m is ReportAcknowledged acknowledged && acknowledged.Batch == grant.Batch
                && acknowledged.Number == report.Number);
        }

        public ClosingGrant Closes(string run)
        {
            var grant = (ClosingGrant)Probe.FishForMessage(m => m is ClosingGrant);
            Tell(new ClosingReport(run, grant.Epoch, 1));
            return grant;
        }
    }
}
