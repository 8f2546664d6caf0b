namespace Cairn.Engine.Tests.Torch;

public sealed class TorchMessageTests
{
    [Fact]
    public void The_backtrace_of_the_library_is_dropped()
    {
        const string Text = "CUDA error: an illegal memory access was encountered\n"
            + "For debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"
            + "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n\n"
            + "Exception raised from c10_cuda_check at CUDAException.cpp:43 (most recent call first):\nframe #0: c10::Error::Error\n";

        Assert.Equal("CUDA error: an illegal memory access was encountered", TorchMessage.Clean(Text));
    }

    [Fact]
    public void An_error_of_the_interpreter_comes_before_the_innermost_lines_of_the_script()
    {
        const string Text = "The following operation failed in the TorchScript interpreter.\n"
            + "Traceback of TorchScript (most recent call last):\n"
            + "  File \"a.py\", line 1, in step\n    return self.inner(x)\n           ~~~~~~~~~~ <--- HERE\n"
            + "  File \"a.py\", line 5, in inner\n    return x + y\n           ~~~~~ <--- HERE\n"
            + "RuntimeError: sizes differ\n";

        Assert.Equal(
            "RuntimeError: sizes differ\n  File \"a.py\", line 5, in inner\n    return x + y\n           ~~~~~ <--- HERE",
            TorchMessage.Clean(Text));
    }

    [Fact]
    public void An_empty_message_says_so() => Assert.Equal("libtorch failed without a message.", TorchMessage.Clean("\n"));
}
