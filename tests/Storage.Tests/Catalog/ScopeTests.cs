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

    [Fact]
    public void Selecting_changes_nothing_until_what_was_selected_is_entered()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(3);
        var checkpoint = catalog.Checkpoint();
        var latest = checkpoint.Select(-1);
        var first = checkpoint.Select(0);
        Assert.Null(CheckpointScope.Active);
        Assert.Equal((3, 1), (latest.WriteCount, first.WriteCount));

        // The session was that of row 0 before, though nobody had entered it.
        using (var opened = checkpoint.Open())
        {
            Assert.Equal(3, opened.WriteCount);
            Assert.Equal(3, CheckpointScope.Bind(new WindState()).Value.Step);
        }

        using (first.Enter())
        {
            Assert.Same(first, CheckpointScope.Active);
            Assert.Same(first, checkpoint.Open());
            first.Dispose();
            Assert.Equal(1, CheckpointScope.Bind(new WindState()).Value.Step);
        }

        using var again = checkpoint.Open(1);
        Assert.Equal(2, CheckpointScope.Active!.WriteCount);
    }

    [Fact]
    public void A_second_session_is_not_opened_beside_an_open_one()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(2);
        var checkpoint = catalog.Checkpoint();
        var first = checkpoint.Select(0);
        using (var latest = checkpoint.Open())
        {
            var error = Assert.Throws<SpecException>(first.Enter);
            Assert.Contains(latest.CommitId!, error.Message, StringComparison.Ordinal);
            Assert.Contains(first.CommitId!, error.Message, StringComparison.Ordinal);
            Assert.Same(latest, CheckpointScope.Active);
        }

        using (first.Enter())
        {
            Assert.Same(first, CheckpointScope.Active);
        }
    }

    [Fact]
    public void What_was_bound_beside_a_session_that_was_never_entered_is_told_when_that_one_commits()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(1);
        var checkpoint = catalog.Checkpoint();
        using var selected = checkpoint.Select(-1);
        CheckpointScope.Bind(new DrawState());
        var wind = selected.Bind(new WindState()).Value;
        wind.Step++;

        selected.Write();
        selected.Write();

        Assert.Equal(["tests.Wind"], selected.Row!.StateIds);
        Assert.Contains(nameof(DrawState), Assert.Single(catalog.Warnings).Defect, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_opened_in_an_awaited_method_is_seen_by_whoever_awaited_it()
    {
        var catalog = new TestCatalog(_files);
        var earlier = catalog.Checkpoint();
        var checkpoint = new Checkpoint("inner", catalog.Options with { Path = "/data/inner" });
        async Task<CheckpointSession> OpenLater(Checkpoint which)
        {
            await Task.Yield();
            return which.Open();
        }

        using (var session = await OpenLater(checkpoint))
        {
            // Nothing was stored here, and nobody said so.
            var bound = CheckpointScope.Bind(new WindState { Step = 7 });
            session.Write();
            Assert.True(bound.Enabled);
            Assert.Equal(["tests.Wind"], session.Row!.StateIds);
            Assert.Same(session, checkpoint.Open());
            session.Dispose();
        }

        Assert.Null(CheckpointScope.Active);
        using var other = await OpenLater(earlier);
        Assert.Same(other, CheckpointScope.Active);
    }

    [Fact]
    public void A_session_whose_states_could_not_be_restored_is_not_left_open()
    {
        var catalog = new TestCatalog(_files);
        catalog.WriteRows(1);
        var checkpoint = catalog.Checkpoint();
        CheckpointScope.Bind(new OtherWind());

        Assert.Throws<CheckpointStateSchemaException>(checkpoint.Open);
        Assert.Null(CheckpointScope.Active);
    }

    [Fact]
    public void Binding_what_was_bound_gives_it_back()
    {
        var catalog = new TestCatalog(_files);
        var checkpoint = catalog.Checkpoint();
        var early = CheckpointScope.Bind(new WindState());
        Assert.Same(early, CheckpointScope.Bind(early));
        Assert.Same(early, CheckpointScope.Bind(early.Value));
        using var session = checkpoint.Open();
        Assert.Same(early, session.Bind(early));
        Assert.Same(early, session.Bind(early.Value));
        Assert.Same(early, CheckpointScope.Bind(early));
        Assert.Empty(early.Labels);
        session.Write();
        Assert.Equal(["tests.Wind"], session.Row!.StateIds);
    }

    [CheckpointState(Id = "tests.Wind")]
    public sealed class OtherWind
    {
        public string Name { get; set; } = "";
    }
}
