using Cairn.Actors.Checkpointing;

namespace Cairn.Actors.Tests.Checkpointing;

public sealed class BoundaryPermitsTests
{
    [Fact]
    public void Permits_run_ahead_of_the_slowest_rank_by_two_boundaries()
    {
        var permits = new BoundaryPermits(2, -1);
        Assert.Equal(2, permits.Permit);

        Assert.Null(permits.Reached(0, 1));
        Assert.Equal(-1, permits.Slowest);
        Assert.Equal(3, permits.Reached(1, 1));
        Assert.Null(permits.Reached(1, 0));
        Assert.Equal(1, permits.Slowest);
    }

    [Fact]
    public void A_rank_alone_steps_as_it_likes_and_is_asked_at_its_next_boundary()
    {
        var permits = new BoundaryPermits(1, 5);

        Assert.Equal((BoundaryPermits.Unlimited, -1, -1), (permits.Permit, permits.Commit(), permits.Halt()));
        permits.Pause();
        Assert.Equal(0, permits.Permit);
        Assert.Equal(BoundaryPermits.Unlimited, permits.Resume());
    }

    [Fact]
    public void A_halt_lies_where_no_rank_has_passed_and_stays_there()
    {
        var permits = new BoundaryPermits(2, 4);

        Assert.Equal(6, permits.Halt());
        Assert.Null(permits.Reached(0, 6));
        Assert.Null(permits.Reached(1, 6));
        Assert.Equal((6, 6, 6), (permits.Halt(), permits.Commit(), permits.Resume()));
    }

    [Fact]
    public void A_commit_lies_beyond_every_permit_that_was_given()
    {
        var permits = new BoundaryPermits(2, 4);

        Assert.Equal((7, 8), (permits.Commit(), permits.Commit()));
        Assert.Equal(8, permits.Permit);
        Assert.Equal(8, permits.Halt());
    }

    [Fact]
    public void A_pause_gives_no_permits_until_it_ends()
    {
        var permits = new BoundaryPermits(2, 4);
        permits.Pause();
        Assert.Null(permits.Reached(0, 6));
        Assert.Null(permits.Reached(1, 6));

        Assert.Equal(8, permits.Resume());
    }
}
