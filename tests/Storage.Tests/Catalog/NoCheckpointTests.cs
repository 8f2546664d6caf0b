using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

public sealed class NoCheckpointTests
{
    [Fact]
    public void A_workflow_runs_without_checkpoints_as_it_is_written()
    {
        var checkpoint = Checkpoint.None;
        using var session = checkpoint.Open();
        var bound = session.Bind(new WindState());
        bound.Value.Step = 3;

        Assert.Null(session.Write(TestCatalog.LeadTime(1), () => Assert.Fail("nothing is committed")));
        Assert.Null(session.Flush(TestCatalog.LeadTime(2)));
        session.Drain();

        Assert.Equal((3, false, 0, false), (bound.Value.Step, bound.Enabled, bound.Level, bound.StateLoaded));
        Assert.Equal((false, false, 0, null), (session.Exists, session.FlushDue, session.WriteCount, session.FlushInterval));
        Assert.Empty(checkpoint.Rows);
        Assert.Empty(checkpoint.Sessions);
        Assert.Equal("No checkpoint", checkpoint.ToString());
        Assert.False(checkpoint.Enabled);
    }

    [Fact]
    public void Nothing_can_be_selected_or_begun_in_it()
    {
        Assert.Throws<SpecException>(() => Checkpoint.None.Select(-1));
        Assert.Throws<SpecException>(() => Checkpoint.None.BeginEpoch());
        Assert.Throws<SpecException>(() => Checkpoint.None.JoinEpoch(1));
    }

    [Fact]
    public void Components_inside_go_on_binding_to_the_session_around_it()
    {
        using var outer = new TestCatalog(new RecordingFiles()).Checkpoint().Open();
        using (Checkpoint.None.Open())
        {
            Assert.True(CheckpointScope.Bind(new WindState()).Enabled);
        }

        Assert.Same(outer, CheckpointScope.Active);
    }

    [Fact]
    public void It_refuses_what_a_checkpoint_would_refuse() =>
        Assert.Throws<SpecException>(() => Checkpoint.None.Open().Bind("no state"));

    [Fact]
    public void A_bound_state_tells_the_device_for_what_it_keeps()
    {
        var catalog = new TestCatalog(new RecordingFiles());
        using var session = catalog.Checkpoint(o => o with { Device = new TorchDeviceName("cuda:1") }).Open();
        Assert.Equal("cuda:1", session.Bind(new WindState()).Device.ToString());
        Assert.Equal("cpu", Checkpoint.None.Open().Bind(new WindState()).Device.ToString());
    }
}
