namespace Cairn.Engine.Tests.Torch;

/// <summary>The process's memory tells of one test only while no other runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}

[Collection(AloneCollection.Name)]
public sealed class StepLoopTests(ITestOutputHelper output)
{
    private const string Source = "def step(x: Tensor) -> Tensor:\n    return x + 1\n";

    [Fact]
    public void A_step_allocates_no_more_than_a_few_small_objects()
    {
        const int Steps = 1000;
        using var module = Script.FromSource(Source);
        using var start = full([8], 0, ScalarType.Float32);
        Roll(module, start, 10).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Roll(module, start, Steps).Dispose();
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Steps;

        Assert.InRange(bytes, 0, 1024);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void A_hundred_thousand_steps_keep_memory_where_it_was()
    {
        const int Steps = 100_000;
        using var module = Script.FromSource(Source);
        using var start = full([4096], 0, ScalarType.Float32);
        Roll(module, start, 20_000).Dispose();
        var before = ResidentBytes();
        var clock = Stopwatch.StartNew();

        using var end = Roll(module, start, Steps);

        var grown = ResidentBytes() - before;
        output.WriteLine($"{clock.Elapsed.TotalMicroseconds / Steps:F2} microseconds a step, resident memory grew by {grown} bytes");
        Assert.Equal(Steps, end.ToArray<float>()[0]);
        // A leaked state a step would be 1.6 GB, a leaked handle without its data more than 20 MB.
        Assert.InRange(grown, long.MinValue, 10_000_000);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Failing_calls_leak_nothing_either()
    {
        using var module = Script.FromSource("def step(x: Tensor) -> Tensor:\n    return x * 2.0 + torch.ones([7])\n");
        using var start = full([1 << 20], 0, ScalarType.Float32);
        Fail(module, start, 20);
        var before = ResidentBytes();

        Fail(module, start, 100);

        // A leaked product a call would be 400 MB.
        Assert.InRange(ResidentBytes() - before, long.MinValue, 40_000_000);
    }

    private static void Fail(Script module, Tensor x, int calls)
    {
        for (var i = 0; i < calls; i++)
            Assert.Throws<TorchException>(() => module.Call("step", x));
    }

    private static Tensor Roll(Script module, Tensor start, int steps)
    {
        var state = start.clone();
        for (var i = 0; i < steps; i++)
        {
            var next = module.Call("step", state);
            state.Dispose();
            state = next;
        }
        return state;
    }

    // Second number of statm: resident pages.
    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
