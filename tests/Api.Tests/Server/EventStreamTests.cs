using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Cairn.Actors.Runs;
using Cairn.Api.Client;
using Cairn.Api.Wire;
using Cairn.Engine.Rollouts;

namespace Cairn.Api.Tests.Server;

public sealed class EventStreamTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private TestSeed _seed = null!;
    private TestWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _seed = await TestSeed.StartAsync(settings => settings with { KeepAlive = TimeSpan.FromMilliseconds(200) });
        _worker = _seed.Worker();
    }

    public async Task DisposeAsync() => await _seed.DisposeAsync();

    [Fact]
    public async Task A_stream_gives_each_event_once_in_order_and_ends_with_the_run()
    {
        var id = await _seed.SubmitAsync();
        var reading = ReadAllAsync(id, after: null);
        await _worker.CompleteAsync();
        var items = await reading.WaitAsync(Patience);

        var recorded = await _seed.JournalAsync(id);
        Assert.Equal(recorded.Select(e => Number(e.Number)), items.SkipLast(1).Select(i => i.EventId));
        Assert.Equal(recorded.Select(e => EventWires.Of(id, e).Kind), items.SkipLast(1).Select(i => Event(i).Kind));
        Assert.Equal(("end", """{"state":"completed"}"""), (items[^1].EventType, items[^1].Data));
    }

    [Fact]
    public async Task A_stream_goes_on_after_the_last_event_that_a_client_has()
    {
        var id = await _seed.SubmitAsync();
        await _worker.CompleteAsync();
        var all = await ReadAllAsync(id, after: null).WaitAsync(Patience);
        for (var have = 0; have < all.Count - 2; have++)
        {
            var rest = await ReadAllAsync(id, all[have].EventId).WaitAsync(Patience);
            Assert.Equal(all.Skip(have + 1).Select(i => i.Data), rest.Select(i => i.Data));
        }

        using var answer = await OpenAsync(id, all[^2].EventId);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task A_stream_says_that_it_lives_while_nothing_happens()
    {
        var id = await _seed.SubmitAsync();
        using var answer = await OpenAsync(id, null);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var comments = 0;
        while (comments < 2)
            comments += (await lines.ReadLineAsync().WaitAsync(Patience))!.StartsWith(':') ? 1 : 0;

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
    }

    /// <summary>
    /// The status of an answer cannot be set once a stream has begun, not even to what it is: each client that left made the seed log that.
    /// </summary>
    [Fact]
    public async Task A_client_that_leaves_a_stream_makes_the_seed_log_nothing()
    {
        var log = new LogLines();
        await using var seed =
            await TestSeed.StartAsync(settings => settings with { KeepAlive = TimeSpan.FromMilliseconds(50) }, beside: _seed,
            logging: log);
        var id = await seed.SubmitAsync();
        using (var answer = await seed.Http.GetAsync($"/api/runs/{id}/events", HttpCompletionOption.ResponseHeadersRead))
        {
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            await lines.ReadLineAsync().WaitAsync(Patience);
        }

        await seed.UntilAsync("cairn_event_streams 0\n");
        await seed.UntilAsync($"route=\"/api/runs/{{id}}/events\",status=\"200\"}} 1\n");
        Assert.DoesNotContain(log.Lines, l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public async Task Who_asks_for_JSON_gets_pages()
    {
        var id = await _seed.SubmitAsync();
        await _worker.CompleteAsync();
        var pages = new List<EventPage>();
        for (var next = $"/api/runs/{id}/events?limit=3"; next is not null; next = pages[^1].Next)
            pages.Add(await PageAsync(next));

        var numbers = pages.SelectMany(p => p.Events).Select(e => e.Number).ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n), numbers);
        Assert.All(pages.SkipLast(1), page => Assert.Equal(3, page.Events.Count));
        Assert.Equal("run completed", pages[^1].Events[^1].Kind);
    }

    [Fact]
    public async Task A_failed_rank_and_its_restart_are_told_with_their_batch()
    {
        var id = await _seed.SubmitAsync();
        await _worker.RegisterAsync();
        var grant = (await _worker.OpenAsync()).Single(g => g.Batch.First == 2);
        await _worker.ReportAsync(grant, new RankFailed(1, null, TimeSpan.FromHours(6), "killed by SIGKILL"));
        await _worker.ReportAsync(grant, new RestartPlanned(TimeSpan.FromSeconds(1), "from the newest session"));
        var page = await PageAsync($"/api/runs/{id}/events");

        var failed = page.Events.Single(e => e.Kind == "rank failed");
        Assert.Equal((Part.Members, 2, 3), (failed.Part!.Value, failed.First!.Value, failed.Last!.Value));
        Assert.Equal("killed by SIGKILL", failed.Detail.GetProperty("cause").GetString());
        Assert.Equal("PT6H", failed.Detail.GetProperty("lead_time").GetString());
        Assert.Single(page.Events, e => e.Kind == "restart planned");
    }

    [Theory]
    [InlineData("not-a-number")]
    [InlineData("-1")]
    public async Task A_last_event_that_is_none_is_refused(string last)
    {
        var id = await _seed.SubmitAsync();
        using var answer = await OpenAsync(id, last);

        await TestSeed.ProblemAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_refused_until_one_closes()
    {
        await using var seed = await TestSeed.StartAsync(settings => settings with { MaxStreams = 1 }, beside: _seed);
        var id = await seed.SubmitAsync();
        using var first = await seed.Http.GetAsync($"/api/runs/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        using var second = await seed.Http.GetAsync($"/api/runs/{id}/events", HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await TestSeed.ProblemAsync(second, HttpStatusCode.TooManyRequests);
        Assert.Contains("cairn_event_streams 1\n", await seed.FiguresAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_goes_on_at_another_seed_when_its_own_ends()
    {
        var id = await _seed.SubmitAsync();
        var first = await TestSeed.StartAsync(beside: _seed);
        var port = first.Server.Address.Port;
        using var client = new SeedClient(first.Server.Address, null, TimeProvider.System);
        var feed = new EventFeed(client, TimeProvider.System);
        var seen = new List<long>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(async () =>
        {
            await foreach (var e in feed.ReadAsync(id, 0))
            {
                seen.Add(e.Number);
                begun.TrySetResult();
            }
        });
        await begun.Task.WaitAsync(Patience);
        await first.DisposeAsync();
        await using var next = await TestSeed.StartAsync(settings => settings with { Port = port }, beside: _seed);
        await _worker.CompleteAsync();
        await reading.WaitAsync(Patience);

        var recorded = await _seed.JournalAsync(id);
        Assert.Equal(recorded.Select(e => e.Number), seen);
        Assert.Equal(RunState.Completed, feed.End);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static EventWire Event(SseItem<string> item) => JsonSerializer.Deserialize<EventWire>(item.Data, WireJson.Options)!;

    private async Task<EventPage> PageAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await _seed.Http.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<EventPage>(WireJson.Options))!;
    }

    private async Task<HttpResponseMessage> OpenAsync(string id, string? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{id}/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
        return await _seed.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<List<SseItem<string>>> ReadAllAsync(string id, string? after)
    {
        using var answer = await OpenAsync(id, after);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var items = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            items.Add(item);
        }

        return items;
    }
}
