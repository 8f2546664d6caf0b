using Cairn.Api.Tests;

namespace Cairn.Cli.Tests.Remote;

/// <summary>What the commands tell of a run's deadline, by a clock of the seed that a test moves.</summary>
public sealed class DeadlineCommandTests : IAsyncLifetime, IDisposable
{
    private const string Due = "deadline { at = \"2026-01-30T06:15:00Z\", members = 1 }";
    private readonly CommandLine _line = new();
    private readonly Clock _clock = new();
    private RunningSeed _seed = null!;

    public async Task InitializeAsync() => _seed = await RunningSeed.StartAsync(_line.Folder, time: _clock);

    public async Task DisposeAsync() => await _seed.DisposeAsync();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData(20, 4, "missed")]
    [InlineData(0, 0, "met")]
    public async Task Waiting_tells_of_the_deadline_and_its_exit_code_whether_a_complete_run_was_late(int minutes, int exit, string state)
    {
        var worker = _seed.Worker("n");
        await worker.RegisterAsync();
        var waiting = Task.Run(() => Cairn("submit", _line.Spec(Due), "--wait"));
        var grants = await worker.OpenAsync(2, 1);
        _clock.Advance(TimeSpan.FromMinutes(minutes));
        foreach (var grant in grants)
            await worker.CompleteAsync(grant);

        await worker.CloseAsync();
        var waited = await waiting.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(exit, waited.Exit);
        Assert.Contains($"deadline {state} (due 2026-01-30T06:15:00+00:00, ", waited.Error, StringComparison.Ordinal);
        Assert.Equal(exit == 4, waited.Error.Contains(": completed, after its deadline", StringComparison.Ordinal));
        var id = waited.Output.TrimEnd('\n');
        Assert.Contains($"deadline 2026-01-30 06:15:00Z: {state}, 2 members complete, 1 needed\n", Cairn("status", id).Output,
            StringComparison.Ordinal);
        Assert.Contains($"\"deadline\":{{\"due\":\"2026-01-30T06:15:00+00:00\",\"state\":\"{state}\",\"members\":1,\"complete\":2,",
            Cairn("status", id, "--json").Output, StringComparison.Ordinal);
        Assert.Contains($"deadline {state}", Cairn("logs", id).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deadline_that_has_passed_is_refused_by_setting()
    {
        _clock.Advance(TimeSpan.FromMinutes(20));
        var refused = Cairn("submit", _line.Spec(Due));

        Assert.Equal((2, ""), (refused.Exit, refused.Output));
        Assert.Contains("deadline.at", refused.Error, StringComparison.Ordinal);
        Assert.Contains("has passed", refused.Error, StringComparison.Ordinal);
    }

    private Invocation Cairn(params string[] arguments) => Invocation.Run([.. arguments, "--seed", _seed.Url]);

    private sealed class Clock : TimeProvider
    {
        private static readonly DateTimeOffset Begins = new(2026, 1, 30, 6, 0, 0, TimeSpan.Zero);
        private long _ticks;

        public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

        public override DateTimeOffset GetUtcNow() => Begins.AddTicks(Interlocked.Read(ref _ticks));
    }
}
