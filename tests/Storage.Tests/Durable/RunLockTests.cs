using System.Globalization;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

public sealed class RunLockTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-lock-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_released_lock_is_free_though_a_child_is_being_started_meanwhile()
    {
        // Between fork and exec a child has every descriptor of its parent: closing the parent's alone left the lock with it.
        var path = Path.Combine(_root, "run.lock");
        using var stop = new CancellationTokenSource();
        var starting = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var child = System.Diagnostics.Process.Start("true");
                await child.WaitForExitAsync(CancellationToken.None);
            }
        })).ToArray();
        try
        {
            for (var i = 0; i < 4_000; i++)
                RunLock.Acquire(path, TimeProvider.System).Dispose();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(starting);
        }
    }

    [Fact]
    public void A_second_holder_is_refused_with_the_firsts_name()
    {
        var path = Path.Combine(_root, "run.lock");
        using var first = RunLock.Acquire(path, TimeProvider.System);
        var refusal = Assert.Throws<FencedException>(() => RunLock.Acquire(path, TimeProvider.System));
        Assert.Contains($"host {Environment.MachineName}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"pid {Environment.ProcessId}"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("stop it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_released_lock_is_taken_again_and_names_its_new_holder()
    {
        var path = Path.Combine(_root, "run.lock");
        File.WriteAllText(path, new string('x', 3000));
        RunLock.Acquire(path, TimeProvider.System).Dispose();
        using var again = RunLock.Acquire(path, TimeProvider.System);
        // File.ReadAllText would itself ask for a lock.
        using var reader = new StreamReader(new PosixFiles().OpenRead(path));
        Assert.Equal(["host", "pid", "since"], reader.ReadToEnd().TrimEnd('\n').Split('\n').Select(line => line.Split(' ')[0]));
    }

    /// <summary>Reading the file in the managed way failed while the lock was held, just when the answer matters.</summary>
    [Fact]
    public void Anyone_may_ask_who_holds_the_lock_while_it_is_held()
    {
        var path = Path.Combine(_root, "run.lock");
        Assert.Null(RunLock.Holder(path));
        using var held = RunLock.Acquire(path, TimeProvider.System);
        var expected = string.Create(CultureInfo.InvariantCulture, $"host {Environment.MachineName}, pid {Environment.ProcessId}, since ");
        Assert.StartsWith(expected, RunLock.Holder(path), StringComparison.Ordinal);
    }

    /// <summary>A complete run was said to be running as long as the process, or a later one of its number, held any other lock.</summary>
    [Fact]
    public void A_process_that_holds_another_runs_lock_does_not_hold_this_one()
    {
        var (mine, other) = (Path.Combine(_root, "run.lock"), Path.Combine(_root, "other.lock"));
        RunLock.Acquire(mine, TimeProvider.System).Dispose();
        using var held = RunLock.Acquire(other, TimeProvider.System);

        Assert.Null(RunLock.Holder(mine));
        Assert.NotNull(RunLock.Holder(other));
    }

    [Fact]
    public void A_lock_on_a_link_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "run.lock"), Path.Combine(_root, "elsewhere"));
        Assert.Throws<DurableIOException>(() => RunLock.Acquire(Path.Combine(_root, "run.lock"), TimeProvider.System));
    }
}
