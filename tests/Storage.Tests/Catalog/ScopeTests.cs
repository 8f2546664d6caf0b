using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

public sealed class ScopeTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void A_component_binds_to_the_active_session_without_being_handed_it()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(2);
        using var session = catalog.Checkpoint().Open();

        var bound = CheckpointScope.Bind(new WindState());

        Assert.Same(session, CheckpointScope.Active);
        Assert.Equal(2, bound.Value.Step);
        Assert.True(bound.Enabled);
    }

    [Fact]
    public void The_innermost_open_session_is_the_active_one()
    {
        var outer = new TestCatalog(_files).Checkpoint().Open();
        using (var inner = new Checkpoint("inner", new TestCatalog(_files).Options with { Path = "/data/inner" }).Open())
        {
            Assert.Same(inner, CheckpointScope.Active);
        }

        Assert.Same(outer, CheckpointScope.Active);
        outer.Dispose();
        Assert.Null(CheckpointScope.Active);
    }

    [Fact]
    public void State_bound_before_the_session_opens_is_adopted_and_a_late_restore_is_warned_of()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(2);
        var checkpoint = catalog.Checkpoint();
        var bound = CheckpointScope.Bind(new WindState());
        Assert.False(bound.StateLoaded);

        using var session = checkpoint.Open();

        Assert.True(bound.StateLoaded);
        Assert.Equal(2, bound.Value.Step);
        Assert.Contains("restored late", Assert.Single(catalog.Warnings).Defect, StringComparison.Ordinal);
        session.Write(TestCatalog.LeadTime(3));
        Assert.Equal(["tests.Wind"], session.Row!.StateIds);
    }

    [Fact]
    public void A_state_kept_from_an_ended_session_is_restored_by_the_next_or_gives_way_to_a_new_object()
    {
        var catalog = new TestCatalog(_files);
        var checkpoint = catalog.Checkpoint();
        var kept = new WindState();
        using (var first = checkpoint.Open())
        {
            first.Bind(kept);
            kept.Step = 1;
            first.Write(TestCatalog.LeadTime(1));
            kept.Step = 99;
        }

        using var second = checkpoint.Open();
        Assert.Equal(1, kept.Step);
        Assert.Empty(catalog.Warnings);
        var replaced = second.Bind(new WindState());
        Assert.Equal(1, replaced.Value.Step);
        Assert.Throws<CheckpointStateCollisionException>(() => second.Bind(new WindState()));
    }

    [Fact]
    public void Opening_twice_is_one_session_left_twice()
    {
        var checkpoint = new TestCatalog(_files).Checkpoint();
        var outer = checkpoint.Open();
        var inner = checkpoint.Open();
        Assert.Same(outer, inner);
        inner.Dispose();
        Assert.Same(outer, CheckpointScope.Active);
        outer.Dispose();
        Assert.Null(CheckpointScope.Active);
    }

    [Fact]
    public async Task Parallel_flows_do_not_see_each_others_sessions()
    {
        using var here = new TestCatalog(_files).Checkpoint().Open();
        var seen = await Task.Run(() =>
        {
            using var there = new Checkpoint("there", new TestCatalog(_files).Options with { Path = "/data/there" }).Open();
            return CheckpointScope.Active == there;
        });

        Assert.True(seen);
        Assert.Same(here, CheckpointScope.Active);
    }
}
