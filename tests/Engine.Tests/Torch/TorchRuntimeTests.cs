using Cairn.Engine.Torch;

namespace Cairn.Engine.Tests.Torch;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void The_fingerprint_holds_what_bits_depend_on()
    {
        TorchRuntime.SetThreads(1);
        var fingerprint = TorchRuntime.Fingerprint();

        Assert.Equal(["blas", "config", "device", "instruction-set", "libtorch", "threads"], fingerprint.Keys);
        Assert.Equal("cpu", fingerprint["device"]);
        Assert.Equal("1", fingerprint["threads"]);
        Assert.NotEqual("unknown", fingerprint["instruction-set"]);
        Assert.All(fingerprint.Values, v => Assert.NotEqual("", v));
    }

    /// <summary>Beyond what the C library keeps, every block would be faulted in again, page by page.</summary>
    [Fact]
    public unsafe void A_large_block_that_is_freed_is_taken_again_and_one_in_use_never()
    {
        const int Elements = (33 << 20) / sizeof(double);
        TorchRuntime.KeepFreedMemory();
        var (first, second) = (Tensor.Unwritten<double>([1, Elements], out var one), Tensor.Unwritten<double>([Elements], out var other));
        fixed (double* a = one, b = other)
        {
            Assert.True(a != b);
            Assert.Equal(0, (nint)a % 64);
            one.Fill(1);
            other.Fill(2);
            Assert.Equal(1, first.Elements<double>()[^1]);
            first.Dispose();
            using var again = Tensor.Unwritten<double>([Elements, 1], out var third);
            fixed (double* c = third)
            {
                Assert.True(a == c);
            }

            third.Fill(3);
            Assert.Equal(2, second.Elements<double>()[0]);
        }

        second.Dispose();
    }

    [Fact]
    public void Each_thread_gets_the_threads_that_it_asked_for()
    {
        TorchRuntime.SetThreads(1);
        var other = 0;
        var thread = new Thread(() =>
        {
            TorchRuntime.SetThreads(2);
            other = TorchRuntime.Threads;
        });
        thread.Start();
        thread.Join();

        Assert.Equal(2, other);
        Assert.Throws<TorchException>(() => TorchRuntime.SetThreads(0));
    }

    [Theory]
    [InlineData("AVX2", "PyTorch built with:\n  - C++ Version: 201402\n  - CPU capability usage: AVX2\n  - Build settings: ...")]
    [InlineData("unknown", "PyTorch built with:\n")]
    public void The_instruction_set_is_read_from_the_configuration(string expected, string configuration)
    {
        Assert.Equal(expected, TorchFingerprint.InstructionSet(configuration));
    }

    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("cuda", "cuda:0")]
    [InlineData("cuda:3", "cuda:3")]
    public void Devices_are_read_as_they_are_written(string text, string expected)
    {
        Assert.Equal(expected, TorchDevice.Parse(text).ToString());
        Assert.Equal(TorchDevice.Parse(text), TorchDevice.Parse(expected));
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:-1")]
    [InlineData("cuda: 1")]
    [InlineData("")]
    public void What_is_no_device_is_a_mistake_of_the_spec(string text)
    {
        Assert.Throws<SpecException>(() => TorchDevice.Parse(text));
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused_with_libtorchs_own_words()
    {
        var missing = TorchDevice.Cuda(99);

        Assert.Throws<TorchException>(() => Tensor.Full(0, TorchDType.Float32, [1], missing));
    }
}
