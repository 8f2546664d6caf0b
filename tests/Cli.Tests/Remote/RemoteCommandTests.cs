using Cairn.Actors.Runs;
using Cairn.Api.Tests;

namespace Cairn.Cli.Tests.Remote;

public sealed class RemoteCommandTests : IAsyncLifetime, IDisposable
{
    private readonly CommandLine _line = new();
    private RunningSeed _seed = null!;

    public async Task InitializeAsync() => _seed = await RunningSeed.StartAsync(_line.Folder);

    public async Task DisposeAsync() => await _seed.DisposeAsync();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void Submitting_prints_the_id_and_nothing_else()
    {
        var submitted = Cairn("submit", _line.Spec());

        Assert.Equal((0, ""), (submitted.Exit, submitted.Error));
        var id = submitted.Output.TrimEnd('\n');
        Assert.DoesNotContain('\n', id);
        var status = Cairn("status", id);
        Assert.Equal((0, ""), (status.Exit, status.Error));
        Assert.Contains($"run {id}: submitted", status.Output, StringComparison.Ordinal);
        Assert.Contains("2 members, to lead time 18 h", status.Output, StringComparison.Ordinal);
        Assert.Contains("\nopening waiting - - 0 0 - -\n", status.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Includes_variables_and_paths_are_resolved_where_the_spec_is()
    {
        File.WriteAllText(_line["more.conf"], "ensemble.size = 3");
        var submitted = Cairn("submit", _line.Spec("include \"more.conf\""), "--set", "lead-times.count=5");
        var id = submitted.Output.TrimEnd('\n');

        Assert.Contains("3 members, to lead time 30 h", Cairn("status", id).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_key_twice_gives_the_same_run_and_another_spec_is_refused()
    {
        var spec = _line.Spec();
        var once = Cairn("submit", spec, "--key", "k");
        var twice = Cairn("submit", spec, "--key", "k");
        var other = Cairn("submit", spec, "--key", "k", "--set", "ensemble.seed=5");

        Assert.Equal(once.Output, twice.Output);
        Assert.Equal((2, ""), (other.Exit, other.Output));
        Assert.NotEqual("", other.Error);
    }

    [Fact]
    public void A_spec_with_mistakes_is_told_before_a_seed_is_asked()
    {
        var refused = Invocation.Run("submit", _line.Spec("ensemble.size = none"), "--seed", "http://127.0.0.1:1");

        Assert.Equal((2, ""), (refused.Exit, refused.Output));
        Assert.Contains("ensemble.size", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_seed_refuses_is_told_by_setting()
    {
        var refused = Cairn("submit", _line.Spec(), "--set", "checkpoint.path=/elsewhere/checkpoints");

        Assert.Equal((2, ""), (refused.Exit, refused.Output));
        Assert.Contains("checkpoint.path", refused.Error, StringComparison.Ordinal);
        Assert.Contains(_line.Folder, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_tells_what_happens_and_exits_with_how_the_run_ended()
    {
        var worker = _seed.Worker("n");
        await worker.RegisterAsync();
        var waiting = Task.Run(() => Cairn("submit", _line.Spec(), "--wait"));
        await FailAsync(worker);
        var waited = await waiting.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(1, waited.Exit);
        Assert.DoesNotContain('\n', waited.Output.TrimEnd('\n'));
        Assert.Contains("failed", waited.Error, StringComparison.Ordinal);
        Assert.Contains("member 0: session committed", waited.Error, StringComparison.Ordinal);
        Assert.Contains("member 1: the model blew up", waited.Error, StringComparison.Ordinal);
        var id = waited.Output.TrimEnd('\n');
        var status = Cairn("status", id);
        Assert.Contains("\nmember 0 completed 18 h 100 % ", status.Words, StringComparison.Ordinal);
        Assert.Contains("\nmember 1 failed ", status.Words, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^member 1 +1 +n +1 .* failed +the model blew up", status.Output);
        var events = Cairn("events", id, "--follow");
        Assert.Equal((0, ""), (events.Exit, events.Error));
        Assert.Contains("member 1: failed (cause the model blew up", events.Output, StringComparison.Ordinal);
        Assert.Contains("run failed", events.Output.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        var logs = Cairn("logs", id, "--follow");
        Assert.Equal((0, ""), (logs.Exit, logs.Error));
        Assert.Contains("the model blew up", logs.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("session committed", logs.Output, StringComparison.Ordinal);
        var retried = Cairn("retry", id);
        Assert.Equal((0, ""), (retried.Exit, retried.Error));
    }

    [Fact]
    public async Task Without_a_run_all_runs_and_nodes_are_shown_in_columns()
    {
        Assert.Contains("no run was submitted yet", Cairn("status").Output, StringComparison.Ordinal);
        await _seed.Worker("node-7").RegisterAsync(slots: 4, devices: ["cpu", "cuda:0"]);
        Cairn("submit", _line.Spec("requires.label = none-has-it"));
        var status = Cairn("status");

        Assert.Matches(@"(?m)^trial-\S+ +submitted +- +0 +0 +0 ", status.Output);
        Assert.Matches(@"(?m)^node-7 +host-1 +up +0/4 +0 .*cpu,cuda:0 +large$", status.Output);
        Assert.Matches(@"(?m)^node-7 +host-1 +up +0/4 +0 .*cpu,cuda:0 +large$", Cairn("nodes").Output);
    }

    [Fact]
    public void Why_a_batch_waits_is_shown()
    {
        var id = Cairn("submit", _line.Spec("requires.gpu = true")).Output.TrimEnd('\n');

        Assert.Matches("(?m)^opening waits: .+$", Cairn("status", id).Output);
    }

    [Fact]
    public async Task Commands_to_runs_and_nodes_are_passed_on()
    {
        var worker = _seed.Worker("node-7");
        await worker.RegisterAsync();
        var id = Cairn("submit", _line.Spec()).Output.TrimEnd('\n');
        await worker.OpenAsync(2, 1);
        foreach (var (command, order) in new[] { ("pause", BatchOrder.Pause), ("resume", BatchOrder.Resume),
            ("checkpoint", BatchOrder.Commit), ("cancel", BatchOrder.Halt) })
        {
            Assert.Equal((0, ""), (Cairn(command, id) is var told ? told.Exit : -1, told.Error));
            await worker.HearAsync<BatchCommand>(c => c.Order == order);
        }

        var drained = Cairn("drain", "node-7", "--json");
        Assert.Equal((0, "", """{"node":"node-7","order":"drain"}"""), (drained.Exit, drained.Error, drained.Output.Trim()));
        await worker.HearAsync<NodeDrain>();
        Assert.Contains($"run {id}: running, to be cancelled", Cairn("status", id).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_is_none_cannot_be_removed()
    {
        var refused = Cairn("nodes", "remove", "10.0.0.1:7071");

        Assert.Equal((2, ""), (refused.Exit, refused.Output));
        Assert.Contains("There is no member at 10.0.0.1:7071", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Watching_ends_with_the_run()
    {
        var id = Cairn("submit", _line.Spec()).Output.TrimEnd('\n');
        Cairn("cancel", id);
        var watched = Cairn("status", id, "--watch");

        Assert.Equal((0, ""), (watched.Exit, watched.Error));
        Assert.Contains("cancelled", watched.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", "nobody")]
    [InlineData("cancel", "nobody")]
    [InlineData("retry", "nobody")]
    [InlineData("pause", "nobody")]
    [InlineData("resume", "nobody")]
    [InlineData("checkpoint", "nobody")]
    [InlineData("events", "nobody")]
    [InlineData("drain", "nobody")]
    public void What_is_not_there_is_a_mistake_of_the_user(string command, string name)
    {
        var refused = Cairn(command, name);

        Assert.Equal((2, ""), (refused.Exit, refused.Output));
        Assert.Contains("There is no", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_that_is_not_there_is_told_with_what_to_do()
    {
        var refused = Invocation.Run("status", "--seed", "http://127.0.0.1:1");

        Assert.Equal((1, ""), (refused.Exit, refused.Output));
        Assert.Contains("no seed answers at http://127.0.0.1:1", refused.Error, StringComparison.Ordinal);
        Assert.Contains("cairn seed", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_comes_from_its_file()
    {
        var folder = Directory.CreateDirectory(_line["other"]).FullName;
        await using var seed = await RunningSeed.StartAsync(folder, "a-token-of-some-length");
        await File.WriteAllTextAsync(_line["token"], "a-token-of-some-length\n");
        await File.WriteAllTextAsync(_line["wrong"], "b-token-of-some-length\n");
        var right = Invocation.Run("status", "--seed", seed.Url, "--token-file", _line["token"]);
        var wrong = Invocation.Run("status", "--seed", seed.Url, "--token-file", _line["wrong"]);
        var none = Invocation.Run("status", "--seed", seed.Url);

        Assert.Equal((0, 2, 2), (right.Exit, wrong.Exit, none.Exit));
        Assert.Contains("$CAIRN_TOKEN", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("$CAIRN_TOKEN", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:7070")]
    [InlineData("nonsense")]
    public void An_address_that_is_none_is_a_mistake(string url) => Assert.Equal(2, Invocation.Run("status", "--seed", url).Exit);

    [Theory]
    [InlineData("seed")]
    [InlineData("submit")]
    [InlineData("status")]
    [InlineData("cancel")]
    [InlineData("retry")]
    [InlineData("drain")]
    [InlineData("worker")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("checkpoint")]
    [InlineData("events")]
    [InlineData("nodes")]
    public void Every_command_explains_itself(string command)
    {
        var help = Invocation.Run(command, "--help");

        Assert.Equal((0, ""), (help.Exit, help.Error));
        Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
    }

    private Invocation Cairn(params string[] arguments) => Invocation.Run([.. arguments, "--seed", _seed.Url]);

    // A worker's part: member 0 comes to its end, member 1 does not.
    private static async Task FailAsync(TestWorker worker)
    {
        foreach (var grant in await worker.OpenAsync(2, 1))
        {
            await worker.CommitAsync(grant, grant.Batch.First == 0 ? 18 : 6);
            await (grant.Batch.First == 0 ? worker.CompleteAsync(grant) : worker.FailAsync(grant, "the model blew up"));
        }

        await worker.CloseAsync();
    }
}
