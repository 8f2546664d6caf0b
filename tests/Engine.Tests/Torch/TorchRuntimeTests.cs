using TorchSharp;

namespace Cairn.Engine.Tests.Torch;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void The_fingerprint_holds_what_bits_depend_on()
    {
        TorchRuntime.SetThreads(1);
        var fingerprint = TorchRuntime.Fingerprint();

        Assert.Equal(["config", "device", "instruction-set", "libtorch", "mkl", "mkl-cbwr", "threads", "torchsharp"], fingerprint.Keys);
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
        var (first, second) = (Tensors.Unwritten<double>([1, Elements], out var one), Tensors.Unwritten<double>([Elements], out var other));
        fixed (double* a = one, b = other)
        {
            Assert.True(a != b);
            Assert.Equal(0, (nint)a % 64);
            one.Fill(1);
            other.Fill(2);
            Assert.Equal(1, first.Elements<double>()[^1]);
            first.Dispose();
            using var again = Tensors.Unwritten<double>([Elements, 1], out var third);
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
        Assert.Throws<ArgumentOutOfRangeException>(() => TorchRuntime.SetThreads(0));
    }

    [Fact]
    public void The_deterministic_settings_are_in_force()
    {
        TorchRuntime.UseDeterministicSettings();
        // An operation that has no deterministic form says so.
        using var script = Script.FromSource(
            "def twice(x: Tensor) -> Tensor:\n    return x.put(torch.zeros([2]).long(), torch.ones([2]))\n");
        using var values = ones([4]);
        var error = Assert.Throws<TorchException>(() => script.Call("twice", values));

        Assert.Contains("deterministic", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libLibTorchSharp.so: /lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found", "GCC 13", "LD_LIBRARY_PATH")]
    [InlineData("libgomp.so.1: cannot open shared object file: No such file or directory", "libgomp.so.1: cannot open", "./cairn doctor")]
    public void A_library_that_does_not_load_is_explained_with_what_helps(string loader, params string[] expected)
    {
        var text = TorchLoading.Explain("LibTorchSharp", $"Unable to load shared library 'LibTorchSharp':\n{loader}\n");

        Assert.All(expected, part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_libtorch_than_the_known_one_is_refused_and_named()
    {
        Assert.Null(TorchLoading.Check(() => "TORCH_VERSION=2.10.1, USE_CUDA=0"));
        var older = TorchLoading.Check(() => "TORCH_VERSION=2.9.0, ");
        Assert.Contains("says that it is 2.9.0; this Cairn knows 2.10", older, StringComparison.Ordinal);
        Assert.Contains("lacks", TorchLoading.Check(() => throw new EntryPointNotFoundException("show")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AVX2", "PyTorch built with:\n  - C++ Version: 201402\n  - CPU capability usage: AVX2\n  - Build settings: ...")]
    [InlineData("unknown", "PyTorch built with:\n")]
    public void The_instruction_set_is_read_from_the_configuration(string expected, string configuration) =>
        Assert.Equal(expected, TorchFingerprint.InstructionSet(configuration));

    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("cuda", "cuda:0")]
    [InlineData("cuda:3", "cuda:3")]
    public void Devices_are_read_as_they_are_written(string text, string expected)
    {
        Assert.Equal(expected, Devices.Parse(text).ToString());
        Assert.True(Devices.Parse(text).IsSame(Devices.Parse(expected)));
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:-1")]
    [InlineData("cuda: 1")]
    [InlineData("")]
    public void What_is_no_device_is_a_mistake_of_the_spec(string text) => Assert.Throws<SpecException>(() => Devices.Parse(text));

    [Fact]
    public void A_device_that_is_not_there_is_refused_with_libtorchs_own_words()
    {
        var missing = new Device(DeviceType.CUDA, 99);

        Assert.Throws<InvalidOperationException>(() => full([1], 0, ScalarType.Float32, missing));
    }
}
