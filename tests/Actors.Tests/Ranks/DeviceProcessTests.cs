using System.Globalization;
using Akka.TestKit;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Cluster;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Tests.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Ranks;

/// <summary>
/// Which process is admitted as the child process of a run's gangs, and which gang counts a lost process. The processes are shells that do
/// nothing; a probe speaks for each.
/// </summary>
public sealed class DeviceProcessTests : SupervisedBatch
{
    private static readonly MemberRange Other = new(2, 3);
    private static readonly RankProgram Shell = new(["/bin/sh", "-c", "echo told $CAIRN_RANK_TOKEN $$; exec sleep 600"]);
    private readonly TestProbe _host;
    private readonly Dictionary<MemberRange, (TestProbe Supervisor, TestProbe Coordinator)> _gangs = [];
    private readonly IActorRef _device;

    public DeviceProcessTests()
    {
        Prepare(Fast);
        _host = CreateTestProbe("host");
        _device = Sys.ActorOf(DeviceProcess.Props(Run, new RankProcesses(Shell, ClusterCertificate.Create())), "device");
    }

    [Fact]
    public void Gangs_that_come_before_the_process_is_there_are_started_in_it_and_their_ranks_answer_their_supervisors()
    {
        Start(Batch);
        Start(Other);

        Admit();

        Assert.Equal("digest", _host.ExpectMsg<RankAdmitted>().Run.SpecDigest);
        foreach (var batch in new[] { Batch, Other })
        {
            Assert.Equal(batch, _host.ExpectMsg<StartGang>().Start.Batch);
            Assert.Equal(_gangs[batch].Supervisor.Ref, _host.LastSender);
        }
    }

    [Fact]
    public void A_process_with_another_token_or_version_and_a_replayed_hello_change_nothing_and_are_logged()
    {
        Start(Batch);
        var (token, _) = Process(1);
        var outsider = CreateTestProbe("outsider");
        foreach (var (hello, why) in new[]
        {
            (Hello("guess"), "its token is not the one that it was given"),
            (Hello(token) with { Protocol = 99 }, "it has protocol version 99, this node has"),
        })
        {
            EventFilter.Warning(contains: $"process 42 on here is not accepted: {why}").ExpectOne(() => _device.Tell(hello, outsider.Ref));
        }

        Admit();
        EventFilter.Warning(contains: "another process has used that token before")
            .ExpectOne(() => _device.Tell(Hello(token), outsider.Ref));
        Start(Other);

        _host.FishForMessage<StartGang>(start => start.Start.Batch == Other);
        outsider.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void The_busy_gang_counts_the_lost_process_and_the_idle_one_does_not()
    {
        Start(Batch);
        Start(Other);
        Admit();

        Die();
        AnswerIdleQuery(Batch, isIdle: false);
        AnswerIdleQuery(Other, isIdle: true);

        var lost = Lost(Batch);
        Assert.Matches(@"^child process \d+ was ended by signal 9 \(SIGKILL\)", lost.Cause);
        Assert.Equal((FailureKind.Process, false), (lost.Kind, lost.IsBystander));
        Assert.EndsWith(", number 1", lost.LostProcess, StringComparison.Ordinal);
        Assert.Equal(lost with { LostProcess = null, IsBystander = true }, Lost(Other));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void If_none_or_all_were_busy_all_count_it(bool idle)
    {
        Start(Batch);
        Start(Other);
        Admit();

        Die();
        AnswerIdleQuery(Batch, idle);
        AnswerIdleQuery(Other, idle);

        Assert.All([Lost(Batch), Lost(Other)], lost => Assert.NotNull(lost.LostProcess));
    }

    [Fact]
    public void A_gang_that_does_not_answer_the_idle_query_counts_it_after_a_second()
    {
        Start(Batch);
        Start(Other);
        Admit();

        Die();
        AnswerIdleQuery(Other, isIdle: true);
        _gangs[Batch].Coordinator.ExpectMsg<QueryGangIdle>();
        AwaitProcessed(_device);
        Scheduler.Advance(TimeSpan.FromSeconds(1));

        Assert.NotNull(Lost(Batch).LostProcess);
        Assert.True(Lost(Other).IsBystander);
    }

    [Fact]
    public void A_gang_that_does_not_end_takes_the_process_with_it_and_the_others_are_bystanders()
    {
        Start(Batch);
        Start(Other);
        Admit();
        _device.Tell(new EndGang(Batch, 1, IsDone: false), _gangs[Batch].Supervisor.Ref);
        _host.FishForMessage<EndGang>(_ => true);

        _device.Tell(new GangEnded(Batch, 1, "1 of its ranks did not end"), _host.Ref);
        Settle();
        AnswerIdleQuery(Batch, isIdle: false);
        AnswerIdleQuery(Other, isIdle: false);

        Assert.Null(_gangs[Batch].Supervisor.ExpectMsg<GangEnded>().LeftBehind);
        Assert.True(Lost(Other).IsBystander);
    }

    [Fact]
    public void A_process_that_does_not_say_that_a_gang_has_ended_is_killed_after_a_grace()
    {
        Start(Batch);
        Admit();
        _device.Tell(new EndGang(Batch, 1, IsDone: false), _gangs[Batch].Supervisor.Ref);
        _host.FishForMessage<EndGang>(_ => true);
        AwaitProcessed(_device);

        Scheduler.Advance(TimeSpan.FromSeconds(15));
        Settle();
        AnswerIdleQuery(Batch, isIdle: false);

        Assert.Null(_gangs[Batch].Supervisor.ExpectMsg<GangEnded>().LeftBehind);
    }

    [Fact]
    public void A_lost_process_is_followed_by_another_with_a_token_of_its_own_for_the_gangs_to_come()
    {
        Start(Batch);
        Admit();
        var (first, _) = Process(1);
        Die();
        AnswerIdleQuery(Batch, isIdle: false);
        Lost(Batch);

        // Before anybody asks for it.
        var (second, _) = Process(2);
        Start(Other);
        Assert.NotEqual(first, second);
        EventFilter.Warning(contains: "its token is not").ExpectOne(() => _device.Tell(Hello(first), _host.Ref));
        _device.Tell(Hello(second), _host.Ref);

        Assert.Equal(Other, _host.FishForMessage<StartGang>(start => start.Start.Batch != Batch).Start.Batch);
    }

    [Fact]
    public void A_program_that_cannot_be_started_is_reported_as_the_gangs_failure()
    {
        var device = Sys.ActorOf(DeviceProcess.Props(
            Run, new RankProcesses(new RankProgram(["/no/such/program"]), ClusterCertificate.Create())));
        Start(Batch, device);

        Settle(device);
        AnswerIdleQuery(Batch, isIdle: false, device);

        var lost = Lost(Batch);
        Assert.Equal(FailureKind.Permanent, lost.Kind);
        Assert.Contains("/no/such/program cannot be started", lost.Cause, StringComparison.Ordinal);
    }

    /// <summary>The shells follow nobody to the end.</summary>
    protected override void AfterAll()
    {
        for (var number = 1; Words(number) is [.., var pid]; number++)
            RankProcessExit.Kill(int.Parse(pid, CultureInfo.InvariantCulture));

        base.AfterAll();
    }

    private void Start(MemberRange batch, IActorRef? device = null)
    {
        var gang = _gangs[batch] = (CreateTestProbe(), CreateTestProbe());
        var start = new GangStart(batch, 1, null, null, BatchMembers.All);
        (device ?? _device).Tell(new StartGang(start, gang.Coordinator.Ref), gang.Supervisor.Ref);
    }

    private void Admit() => _device.Tell(Hello(Process(1).Token), _host.Ref);

    /// <summary>The token and the id of the n-th process.</summary>
    private (string Token, int Pid) Process(int number)
    {
        string[]? words = null;
        AwaitCondition(() => (words = Words(number)) is not null, TimeSpan.FromSeconds(30));
        return (words![^2], int.Parse(words[^1], CultureInfo.InvariantCulture));
    }

    private string[]? Words(int number) => Observed.OfType<RunWarning>().Select(w => w.Text.Split(' ')).Where(w => w.Contains("told"))
        .ElementAtOrDefault(number - 1);

    private void Die()
    {
        RankProcessExit.Kill(Process(1).Pid);
        Settle();
    }

    /// <summary>The process has ended, and what it said last has come.</summary>
    private void Settle(IActorRef? device = null)
    {
        var asked = _gangs.Values.First().Coordinator;
        AwaitCondition(
            () =>
            {
                AwaitProcessed(device ?? _device);
                Scheduler.Advance(TimeSpan.FromMilliseconds(100));
                AwaitProcessed(device ?? _device);
                return asked.HasMessages;
            },
            TimeSpan.FromSeconds(30));
    }

    private void AnswerIdleQuery(MemberRange batch, bool isIdle, IActorRef? device = null)
    {
        var coordinator = _gangs[batch].Coordinator;
        coordinator.ExpectMsg<QueryGangIdle>();
        (device ?? _device).Tell(new GangIdleStatus(batch, 1, isIdle), coordinator.Ref);
    }

    private GangFailure Lost(MemberRange batch) => _gangs[batch].Supervisor.ExpectMsg<GangLost>().Failure;

    private static RankHello Hello(string token) => new(RankHello.Version, token, 42, "here", null);
}
