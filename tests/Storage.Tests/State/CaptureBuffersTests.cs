using Cairn.Storage.State;

namespace Cairn.Storage.Tests.State;

public sealed class CaptureBuffersTests
{
    private readonly CaptureBuffers _buffers = new();

    [Fact]
    public void A_buffer_is_lent_again_only_after_it_was_reclaimed()
    {
        var first = _buffers.Rent(100);
        Assert.NotSame(first, _buffers.Rent(100));

        _buffers.Reclaim();
        var (again, other) = (_buffers.Rent(100), _buffers.Rent(100));

        Assert.NotSame(again, other);
        Assert.True(ReferenceEquals(first, again) || ReferenceEquals(first, other));
    }

    [Fact]
    public void A_buffer_is_of_the_very_length_that_was_asked_for()
    {
        _ = _buffers.Rent(100);
        _buffers.Reclaim();

        Assert.Equal(99, _buffers.Rent(99).Length);
    }

    [Fact]
    public void What_one_capture_had_no_use_for_is_not_kept_for_the_next()
    {
        var first = _buffers.Rent(100);
        _buffers.Reclaim();
        _ = _buffers.Rent(50);
        _buffers.Reclaim();

        Assert.NotSame(first, _buffers.Rent(100));
    }
}
