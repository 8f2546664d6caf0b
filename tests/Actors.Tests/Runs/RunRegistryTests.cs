using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Runs;

/// <summary>The registry and its keepers, asked by messages alone, as nodes and clients do.</summary>
public sealed class RunRegistryTests : RegistryKit
{
    private static readonly SessionCommitted Session = new("s1", 4, TimeSpan.FromMinutes(12));

    [Fact]
    public void Node_lists_say_when_this_registry_and_those_before_it_started()
    {
        IReadOnlyList<DateTimeOffset> Began(int count)
        {
            IReadOnlyList<DateTimeOffset> times = [];
            AwaitAssert(() => Assert.Equal(count, (times = Ask<NodeList>(new ListNodes()).RegistryBegan).Count));
            return times;
        }

        var first = Began(1);
        Restart();
        var both = Began(2);

        Assert.Equal(first[0], both[0]);
        Assert.True(both[1] >= both[0]);
    }

    [Fact]
    public void A_run_is_carried_out_by_a_node_and_stays_readable_when_it_has_left_memory()
    {
        var id = Submit(watch: true);
        var node = Node("a");
        node.Opens(id);
        var (first, second) = (node.Gets<Grant>(), node.Gets<Grant>());
        node.Report(first, Session);
        node.Ends(first);
        node.Ends(second);
        Assert.Equal(48, node.Closes(id).Steps);

        Assert.Equal(new MemberRange(0, 1), ExpectMsg<RunHappened>().Event.Batch);
        Assert.Equal(RunState.Completed, ((RunFinished)FishForMessage(m => m is RunFinished)).State);
        var described = Ask<RunDescription>(new DescribeRun(id));
        Assert.Equal((RunState.Completed, 2, 4), (described.Run.State, described.Run.Batches.Completed, described.Run.Members));
        Assert.Equal([-2, -1, 0, 2], Ask<BatchList>(new ListBatches(id)).Batches.Select(b => b.Batch.First));
        Assert.Equal([2], Ask<BatchList>(new ListBatches(id, After: 0)).Batches.Select(b => b.Batch.First));
        Assert.True(Ask<BatchList>(new ListBatches(id, Limit: 1)).HasMore);
        Restart();
        Assert.Equal("s1", Batch(id, 0).Newest!.Session);
        Assert.Equal(id, Assert.Single(Ask<RunList>(new ListRuns(10)).Runs).Id);
        Registry.Tell(new WatchRun(id));
        Assert.Equal(RunState.Completed, ExpectMsg<RunFinished>().State);
    }

    [Fact]
    public void The_same_key_gives_the_same_run_and_a_folder_belongs_to_one_run_until_that_has_ended()
    {
        Registry.Tell(Submission() with { IdempotencyKey = "k" });
        var id = ExpectMsg<RunAccepted>().Id;
        Registry.Tell(Submission() with { IdempotencyKey = "k" });
        Assert.Equal(new RunAccepted(id, IsNew: false), ExpectMsg<RunAccepted>());
        Registry.Tell(Submission("two") with { IdempotencyKey = "k" });
        Assert.Equal(RefusalKind.Conflict, ExpectMsg<RunRefused>().Kind);
        Registry.Tell(Submission());
        Assert.Contains(id, ExpectMsg<RunRefused>().Reason, StringComparison.Ordinal);
        Restart();
        Registry.Tell(Submission() with { IdempotencyKey = "k" });
        Assert.Equal(new RunAccepted(id, IsNew: false), ExpectMsg<RunAccepted>());
        Assert.IsType<CommandAccepted>(Ask<object>(new CancelRun(id)));
        AwaitAssert(() => Assert.Equal(RunState.Cancelled, Assert.Single(Ask<RunList>(new ListRuns(1)).Runs).State));
        Submit();
    }

    [Fact]
    public void A_spec_with_mistakes_is_refused_with_all_of_them_and_nothing_is_left()
    {
        Begin(rules: new SubmissionRules([Folder.Folder], []));
        Registry.Tell(new SubmitRun("name = x\ncheckpoint.path = /etc/x", SpecFormat.Hocon));
        var refused = ExpectMsg<RunRefused>();
        Assert.Equal(RefusalKind.Spec, refused.Kind);
        Assert.Contains(refused.Mistakes, m => m.Key == "checkpoint.path");
        Assert.Empty(Ask<RunList>(new ListRuns(10)).Runs);
    }

    [Fact]
    public void What_is_not_there_is_answered()
    {
        Assert.Equal("x", Ask<NoSuchRun>(new DescribeRun("x")).Id);
        Assert.Equal("x", Ask<NoSuchRun>(new ListBatches("x")).Id);
        Assert.Equal("x", Ask<NoSuchRun>(new CancelRun("x")).Id);
        Assert.Equal("x", Ask<NoSuchRun>(new RetryRun("x")).Id);
        Assert.Equal("x", Ask<NoSuchRun>(new WatchRun("x")).Id);
        Assert.Equal("x", Ask<NoSuchNode>(new DrainNode("x")).Id);
        var stray = new BatchReport("x", new(0, 1), 1, 1, new BatchCompleted(1));
        Assert.Contains("no such run", Ask<GrantWithdrawn>(stray).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_lost_node_had_goes_to_another_under_a_higher_epoch_with_the_session_it_got_to()
    {
        var id = Submit();
        var a = Node("a");
        a.Opens(id, batches: 1);
        var lost = a.Gets<Grant>();
        a.Report(lost, Session);
        a.Gets<ReportAcknowledged>();
        var b = Node("b");
        Sys.Stop(a.Probe);
        var grant = b.Gets<Grant>();
        Assert.Equal((lost.Epoch + 1, "s1"), (grant.Epoch, grant.Reported!.Session));
        b.Tell(new BatchReport(id, lost.Batch, lost.Epoch, 2, new BatchCompleted(1)));
        Assert.Contains("b has it", b.Gets<GrantWithdrawn>().Reason, StringComparison.Ordinal);
        Assert.Equal([AttemptOutcome.Lost, null], Batch(id, 0).Attempts.Select(t => t.Outcome));
        Assert.Equal([NodeState.Lost, NodeState.Up], Ask<NodeList>(new ListNodes()).Nodes.Select(n => n.State));
    }

    [Fact]
    public void A_registry_that_has_just_begun_takes_the_reports_of_the_grants_before_it()
    {
        var id = Submit();
        var node = Node("a");
        node.Opens(id);
        var (first, second) = (node.Gets<Grant>(), node.Gets<Grant>());
        Restart();
        node.Hello(Held(first));
        Assert.Equal(second.Epoch, node.Gets<Grant>().Epoch);
        Assert.Equal(second.Batch, second.Batch);
        node.Ends(first);
        node.Ends(second);
        node.Closes(id);
        AwaitAssert(() => Assert.Equal(RunState.Completed, Ask<RunDescription>(new DescribeRun(id)).Run.State));
    }

    [Fact]
    public void Nodes_that_do_not_come_back_to_a_new_registry_are_lost_after_a_while()
    {
        var id = Submit();
        var gone = Node("a");
        gone.Opens(id, batches: 1);
        var lost = gone.Gets<Grant>();
        Restart(Times with { NodeReturnTimeout = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(lost.Epoch + 1, Node("b").Gets<Grant>().Epoch);
    }

    [Fact]
    public void A_node_that_the_cluster_removed_is_dismissed_when_it_is_heard_of_again()
    {
        var id = Submit();
        var a = Node("a");
        a.Opens(id, batches: 1);
        var lost = a.Gets<Grant>();
        Restart();
        AwaitAssert(() => Assert.Equal(BatchState.Granted, Batch(id, 0).State));
        Registry.Tell(new NodeRemoved("akka://a"));
        Assert.Equal(lost.Epoch + 1, Node("b").Gets<Grant>().Epoch);
        var c = Node("c");
        Registry.Tell(new NodeRemoved("akka://c"));
        AwaitAssert(() => Assert.Equal(NodeState.Lost, Ask<NodeList>(new ListNodes()).Nodes.Single(n => n.Node.Id == "c").State));
        c.Tell(new NodeHello(new NodeInfo("c", "c", 1, "akka://c", "", 1, false, [], []), 99, [], false, null));
        Assert.Equal("c", c.Gets<NodeDismissed>().Id);
    }

    [Fact]
    public void Commands_reach_the_nodes_and_are_repeated_to_those_that_missed_them()
    {
        var id = Submit();
        var node = Node("a");
        node.Opens(id, batches: 1);
        var grant = node.Gets<Grant>();
        Assert.IsType<CommandAccepted>(Ask<object>(new PauseRun(id)));
        Assert.Equal(BatchOrder.Pause, node.Gets<BatchCommand>().Order);
        node.Hello(Held(grant));
        Assert.Equal(BatchOrder.Pause, node.Gets<BatchCommand>().Order);
        Ask<CommandAccepted>(new ResumeRun(id));
        Assert.Equal(BatchOrder.Resume, node.Gets<BatchCommand>().Order);
        Ask<CommandAccepted>(new CommitRun(id));
        Assert.Equal(BatchOrder.Commit, node.Gets<BatchCommand>().Order);
        Ask<DrainAccepted>(new DrainNode("a"));
        node.Gets<NodeDrain>();
        node.Hello(Held(grant));
        node.Gets<NodeDrain>();
        Ask<CommandAccepted>(new CancelRun(id));
        Assert.Equal(BatchOrder.Halt, node.Gets<BatchCommand>().Order);
        node.Ends(grant, new BatchStopped(3, TimeSpan.Zero, 1));
        Assert.Equal(NodeState.Draining, Ask<NodeList>(new ListNodes()).Nodes.Single().State);
        Assert.Contains("drain", Batch(id, -1).Waits!, StringComparison.Ordinal);
        node.Tell(new NodeLeaves("a"));
        node.Gets<NodeKnown>();
        Node("b").Closes(id);
        AwaitAssert(() => Assert.Equal(RunState.Cancelled, Ask<RunDescription>(new DescribeRun(id)).Run.State));
        Assert.IsType<CommandAccepted>(Ask<object>(new CancelRun(id)));
    }

    [Fact]
    public void A_failed_run_is_retried_from_its_journal()
    {
        var id = Submit();
        var node = Node("a");
        node.Opens(id, batches: 1);
        var grant = node.Gets<Grant>();
        node.Ends(grant, new BatchFailed("no"));
        node.Closes(id);
        AwaitAssert(() => Assert.Equal("the batch of members 0-1 failed: no", Ask<RunDescription>(new DescribeRun(id)).Run.Error));
        Restart();
        node.Hello();
        Ask<CommandAccepted>(new RetryRun(id));
        grant = (Grant)node.Probe.FishForMessage(m => m is Grant);
        Assert.Equal(2, grant.Epoch);
        node.Ends(grant);
        node.Closes(id);
        AwaitAssert(() => Assert.Equal(RunState.Completed, Ask<RunDescription>(new DescribeRun(id)).Run.State));
        Assert.IsType<NotApplicable>(Ask<object>(new RetryRun(id)));
    }

    [Fact]
    public void Questions_tell_why_a_batch_waits_and_how_fast_a_run_goes()
    {
        var id = Submit("one", false, "requires.gpu = on");
        Assert.Equal("there is no node", Batch(id, -2).Waits);
        var node = Node("a");
        Assert.Equal("no node has a GPU", Batch(id, -2).Waits);
        var other = Submit("two", watch: true);
        node.Opens(other, batches: 1);
        var grant = node.Gets<Grant>();
        node.Tell(new BatchProgress(other, grant.Batch, 6, TimeSpan.FromMinutes(18), 12));
        Assert.Equal(12, Assert.IsType<BoundaryReached>(ExpectMsg<RunHappened>().Event).Steps);
        Assert.Equal(TimeSpan.FromMinutes(18), Batch(other, 0).LeadTime);
        Assert.Equal(0.5, Ask<RunDescription>(new DescribeRun(other)).Pace!.Done);
        var figures = Ask<RegistryFigures>(new TakeFigures());
        Assert.Equal((1, 1, 1), (figures.Runs[RunState.Submitted], figures.Runs[RunState.Running], figures.Batches[BatchState.Granted]));
    }

    [Fact]
    public void A_node_that_is_silent_is_given_nothing_and_keeps_what_it_has()
    {
        var id = Submit();
        var node = Node("a");
        node.Opens(id, batches: 3);
        var grant = node.Gets<Grant>();
        node.Gets<Grant>();
        Registry.Tell(new NodeSilent("akka://a", TimeSpan.FromSeconds(2)));
        node.Ends(grant);
        var row = Ask<NodeList>(new ListNodes()).Nodes.Single();
        Assert.Equal((NodeState.Silent, 1), (row.State, row.UsedSlots));
        Assert.True(row.Silent >= TimeSpan.FromSeconds(2));
        Registry.Tell(new NodeHeard("akka://a"));
        node.Gets<Grant>();
    }

    [Fact]
    public void A_grant_that_nobody_looks_after_any_more_is_given_again()
    {
        var id = Submit();
        var node = Node("a");
        node.Opens(id, batches: 1);
        var grant = node.Gets<Grant>();
        node.Hello(Held(grant) with { Broken = "its supervisor failed" });
        Assert.Equal(grant.Epoch + 1, ((Grant)node.Probe.FishForMessage(m => m is Grant)).Epoch);
        Assert.Equal("its supervisor failed", Batch(id, 0).Attempts[0].Cause);
    }

    private static HeldGrant Held(Grant grant) => new(grant.RunId, grant.Batch, grant.Epoch, false, false);
}
