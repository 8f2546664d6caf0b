using System.Threading.Channels;
using Akka.Actor;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Api.Tests;

/// <summary>Tells a registry what a node tells, without stepping anything.</summary>
internal sealed class TestWorker
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Channel<object> _heard = Channel.CreateUnbounded<object>();
    private readonly Dictionary<(string, MemberRange, int), long> _numbers = [];
    private readonly IActorRef _registry;
    private readonly IActorRef _self;
    private readonly string _id;
    private long _hellos;

    public TestWorker(ActorSystem system, IActorRef registry, string id = "node-1")
    {
        (_registry, _id) = (registry, id);
        var heard = _heard.Writer;
        _self = system.ActorOf(Props.Create(() => new Ear(heard)), id);
    }

    public async Task RegisterAsync(double? load = null, int slots = 8, string[]? devices = null)
    {
        var node = new NodeInfo(_id, "host-1", 4711, "", "cairn 0.1.0", slots, false, devices ?? ["cpu"], ["large"]);
        _registry.Tell(new NodeHello(node, ++_hellos, [], false, load), _self);
        await HearAsync<NodeKnown>(known => known.Number == _hellos);
    }

    /// <summary>Waits for something of a kind; what is heard in between is left aside.</summary>
    public async Task<T> HearAsync<T>(Predicate<T>? which = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (; ;)
        {
            if (await _heard.Reader.ReadAsync(patience.Token) is T hoped && which?.Invoke(hoped) != false)
                return hoped;
        }
    }

    /// <summary>Opens a run: batches of so many members wait from then on, and are granted.</summary>
    public async Task<IReadOnlyList<Grant>> OpenAsync(int members = 4, int size = 2)
    {
        await LayOutAsync(members, size);
        var grants = new List<Grant>();
        while (grants.Count < members / size)
            grants.Add(await HearAsync<Grant>());

        return grants;
    }

    /// <summary>Opens a run, whose batches any node may be granted.</summary>
    public async Task LayOutAsync(int members, int size = 1)
    {
        var opening = await HearAsync<OpeningGrant>();
        var batches = Enumerable.Range(0, members / size).Select(i => new BatchOnDisk(new(i * size, (i * size) + size - 1), 0)).ToList();
        _registry.Tell(new OpeningReport(opening.RunId, opening.Epoch, 1, batches), _self);
    }

    public Task CommitAsync(Grant grant, int hours) =>
        ReportAsync(grant, new SessionCommitted($"commit_{hours:D8}", hours / 6, TimeSpan.FromHours(hours)));

    public Task CompleteAsync(Grant grant) => ReportAsync(grant, new BatchCompleted(3));

    public Task FailAsync(Grant grant, string cause) => ReportAsync(grant, new BatchFailed(cause));

    /// <summary>Reports the next thing of a grant, and waits until the registry has it.</summary>
    public async Task ReportAsync(Grant grant, RunEvent happened)
    {
        var key = (grant.RunId, grant.Batch, grant.Epoch);
        var number = _numbers[key] = _numbers.GetValueOrDefault(key) + 1;
        _registry.Tell(new BatchReport(grant.RunId, grant.Batch, grant.Epoch, number, happened with { Batch = grant.Batch }), _self);
        await HearAsync<ReportAcknowledged>(a => a.Batch == grant.Batch && a.Number == number);
    }

    public void Progress(Grant grant, int hours, long steps) =>
        _registry.Tell(new BatchProgress(grant.RunId, grant.Batch, hours / 6, TimeSpan.FromHours(hours), steps), _self);

    public async Task CloseAsync()
    {
        var closing = await HearAsync<ClosingGrant>();
        _registry.Tell(new ClosingReport(closing.RunId, closing.Epoch, 1), _self);
        await HearAsync<ReportAcknowledged>(a => a.Batch == RunWork.Closing);
    }

    /// <summary>Carries a run that was submitted to its end.</summary>
    public async Task CompleteAsync()
    {
        await RegisterAsync();
        foreach (var grant in await OpenAsync())
        {
            await CommitAsync(grant, 18);
            await CompleteAsync(grant);
        }

        await CloseAsync();
    }

    private sealed class Ear : ReceiveActor
    {
        public Ear(ChannelWriter<object> heard) => ReceiveAny(message => heard.TryWrite(message));
    }
}
