using System.Reflection;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Tests.Runs;

/// <summary>A run that is started again looks at its finished batches once, and steps only what is left.</summary>
public sealed class FinishedBatchesTests : IDisposable
{
    private readonly SmallRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_finished_run_is_reported_batch_by_batch_and_steps_nothing()
    {
        var spec = await _run.CalmAsync();
        var (again, events) = await SmallRun.RunAsync(spec);

        Assert.Equal((RunOutcome.Completed, 0), (again.Outcome, again.Steps));
        Assert.Equal([(0, 1), (2, 3)], events.Of<BatchCompleted>().Select(e => (e.Batch!.Value.First, e.Batch!.Value.Last)));
        Assert.Empty(events.Of<BatchStarted>());
        Assert.Empty(events.Of<RunWarning>());
    }

    [Theory]
    [InlineData("a chunk is gone")]
    [InlineData("a session is gone")]
    [InlineData("a state is cut short")]
    [InlineData("a state is gone")]
    [InlineData("the mark is gone")]
    public async Task What_is_no_longer_there_of_a_finished_batch_is_made_again(string damage)
    {
        var spec = await _run.CalmAsync();
        var calm = SmallRun.Digests(spec);
        Damage(spec, damage);
        var (again, events) = await SmallRun.RunAsync(spec);

        Assert.Equal(RunOutcome.Completed, again.Outcome);
        Assert.Equal(calm, SmallRun.Digests(spec));
        int[] stepped = damage == "the mark is gone" ? [] : [2];
        Assert.Equal(stepped, events.Of<BatchStarted>().Select(e => e.Batch!.Value.First));
        Assert.Contains(events.Of<BatchCompleted>(), e => e is { Steps: 0, Batch.First: 0 });
    }

    [Fact]
    public async Task A_damaged_file_of_one_batch_is_that_batchs_failure_alone()
    {
        var spec = await _run.CalmAsync();
        var file = Path.Combine(spec.Checkpoint.Path, new MemberRange(2, 3).FolderName, BatchMembers.FileName);
        await File.WriteAllTextAsync(file, "{");
        var (again, events) = await SmallRun.RunAsync(spec);

        Assert.Equal((RunOutcome.Failed, new MemberRange(2, 3)), (again.Outcome, Assert.Single(again.Failures).Batch));
        Assert.Contains(events.Of<BatchCompleted>(), e => e is { Batch.First: 0 });
    }

    [Fact]
    public async Task Starting_again_lists_as_many_names_a_batch_whether_there_are_few_batches_or_many()
    {
        var (few, many) = (await ListedAsync(8), await ListedAsync(32));
        Assert.True(many <= 4.5 * few, $"{few} names for 8 batches, {many} for 32");
    }

    /// <summary>How many names were listed by a run that goes on with its last batch, the others having ended.</summary>
    private async Task<long> ListedAsync(int members)
    {
        var spec = _run.Spec($"of-{members}", $"ensemble.size={members}", "ensemble.batch-size=1", "lead-times.count=4");
        await SmallRun.RunAsync(spec);
        Directory.Delete(Path.Combine(spec.Checkpoint.Path, new MemberRange(members - 1, members - 1).FolderName), recursive: true);

        var (counting, listed) = CountedListings.Create();
        var events = new Events();
        var result = await LocalRun.RunAsync(spec, new RunOptions { Files = counting }, events, CancellationToken.None);
        Assert.Equal((RunOutcome.Completed, 1), (result.Outcome, events.Of<BatchStarted>().Count));
        return listed.Names;
    }

    private static void Damage(RunSpec spec, string damage)
    {
        var folder = Path.Combine(spec.Checkpoint.Path, new MemberRange(2, 3).FolderName, "commits");
        var newest = Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Last();
        var state = Directory.EnumerateFiles(newest, "*.npy", SearchOption.AllDirectories).MaxBy(f => new FileInfo(f).Length)!;
        switch (damage)
        {
            case "a chunk is gone":
                File.Delete(Directory.EnumerateFiles(Path.Combine(spec.Output.Path!, "p"), "3.0.1.*").Single());
                break;
            case "a session is gone":
                Directory.Delete(newest, recursive: true);
                break;
            case "a state is cut short":
                File.WriteAllBytes(state, File.ReadAllBytes(state)[..^1]);
                break;
            case "a state is gone":
                File.Delete(state);
                break;
            case "the mark is gone":
                File.Delete(Path.Combine(spec.Output.Path!, "committed_lead_time", "3"));
                break;
        }
    }

    /// <summary>The real file system, which counts the names that listings give.</summary>
#pragma warning disable CA1852 // A proxy is made by deriving from it.
    private class CountedListings : DispatchProxy
#pragma warning restore CA1852
    {
        private readonly PosixFiles _inner = new();
        private long _names;

        public long Names => Interlocked.Read(ref _names);

        public static (IDurableFiles Files, CountedListings Listed) Create()
        {
            var files = Create<IDurableFiles, CountedListings>();
            return (files, (CountedListings)(object)files);
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var answer = targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
            if (answer is IReadOnlyList<DirectoryEntry> entries)
                Interlocked.Add(ref _names, entries.Count);

            return answer;
        }
    }
}
