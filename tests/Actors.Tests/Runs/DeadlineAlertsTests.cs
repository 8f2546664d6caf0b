using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Cairn.Actors.Runs;

namespace Cairn.Actors.Tests.Runs;

/// <summary>How alerts about deadlines are sent.</summary>
public sealed class DeadlineAlertsTests : IDisposable
{
    private static readonly DateTimeOffset Due = new(2026, 1, 30, 6, 15, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-alerts").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_program_has_the_facts_as_JSON_and_in_variables()
    {
        var outcome = await Send(Goal(["/bin/sh", "-c", $"cat > {_folder}/facts; env > {_folder}/variables"]));

        Assert.Equal(new DeadlineAlerted(3, 1, null), outcome);
        var facts = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "facts")))!;
        Assert.Equal(
            ["alert", "run", "name", "state", "due", "expected", "complete", "members", "at"], facts.AsObject().Select(p => p.Key));
        Assert.Equal(("winds-1/3", "at_risk", 20, 45), (
            (string)facts["alert"]!, (string)facts["state"]!, (int)facts["complete"]!, (int)facts["members"]!));
        var variables = await File.ReadAllLinesAsync(Path.Combine(_folder, "variables"));
        Assert.All(
            [
                "CAIRN_ALERT=winds-1/3", "CAIRN_DEADLINE_STATE=at_risk", "CAIRN_DEADLINE_DUE=2026-01-30T06:15:00Z",
                "CAIRN_DEADLINE_EXPECTED=",
            ],
            line => Assert.Contains(line, variables));
    }

    [Fact]
    public async Task A_failing_program_is_retried_a_few_times_and_then_reported_with_its_exit_code()
    {
        var outcome = await Send(Goal(["/bin/sh", "-c", $"echo >> {_folder}/tries; echo no such pager >&2; exit 3"]));

        Assert.Equal(4, outcome.Tries);
        Assert.Contains("exit code 3", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await File.ReadAllLinesAsync(Path.Combine(_folder, "tries"))).Length);
    }

    [Fact]
    public async Task A_program_that_is_not_there_and_one_that_reads_nothing_do_no_harm()
    {
        Assert.Contains("deadline.command", (await Send(Goal(["/nowhere/page"]))).Error, StringComparison.Ordinal);
        Assert.Null((await Send(Goal(["/bin/true"]))).Error);
    }

    [Fact]
    public async Task Facts_are_posted_until_the_address_accepts_them_and_a_program_that_succeeded_is_not_run_again()
    {
        using var hook = new Hook(503, 204);
        var outcome = await Send(Goal(["/bin/sh", "-c", $"echo >> {_folder}/tries"]) with { Webhook = hook.Address });

        Assert.Equal((2, null), (outcome.Tries, outcome.Error));
        Assert.Equal(["winds-1/3", "winds-1/3"], hook.Keys);
        Assert.Equal("at_risk", (string?)JsonNode.Parse(hook.Bodies[0])!["state"]);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(_folder, "tries")));
    }

    [Fact]
    public async Task An_address_that_nobody_listens_at_is_reported_without_what_may_be_secret_in_it()
    {
        var error = (await Send(Goal(null) with { Webhook = "http://127.0.0.1:9/s3cret" })).Error;

        Assert.Contains("http://127.0.0.1:9", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
    }

    private static Task<DeadlineAlerted> Send(DeadlineGoal goal) => new DeadlineAlerts(new HurriedTime()).SendAsync(
        PureKeeper.Submission() with { Deadline = goal },
        new DeadlineAlert(3, new DeadlineChanged(DeadlineState.AtRisk, Due, 45, 20, null, Due.AddHours(-1))));

    private static DeadlineGoal Goal(IReadOnlyList<string>? command) => new(Due, 45) { Command = command };

    /// <summary>Pauses are over at once; what is waited for may take as long as a busy machine needs.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime <= LongestPause ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, period);
    }

    /// <summary>Answers one request after the other.</summary>
    private sealed class Hook : IDisposable
    {
        private readonly HttpListener _listener = new();

        public Hook(params int[] answers)
        {
            Address = $"http://127.0.0.1:{FreePort()}/hook/";
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = AnswerAsync(answers);
        }

        public string Address { get; }

        public List<string?> Keys { get; } = [];

        public List<string> Bodies { get; } = [];

        public void Dispose() => ((IDisposable)_listener).Dispose();

        private async Task AnswerAsync(int[] answers)
        {
            foreach (var answer in answers)
            {
                var asked = await _listener.GetContextAsync();
                using var reader = new StreamReader(asked.Request.InputStream);
                Bodies.Add(await reader.ReadToEndAsync());
                Keys.Add(asked.Request.Headers["Idempotency-Key"]);
                asked.Response.StatusCode = answer;
                asked.Response.Close();
            }
        }

        private static int FreePort()
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
    }
}
