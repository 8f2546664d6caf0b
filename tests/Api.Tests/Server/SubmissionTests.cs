using System.Net;
using System.Net.Http.Json;
using System.Text;
using Cairn.Api.Wire;

namespace Cairn.Api.Tests.Server;

public sealed class SubmissionTests : IAsyncLifetime
{
    private TestSeed _seed = null!;

    public async Task InitializeAsync() => _seed = await TestSeed.StartAsync();

    public async Task DisposeAsync() => await _seed.DisposeAsync();

    [Fact]
    public async Task A_run_is_taken_and_told_of()
    {
        using var answer = await _seed.PostAsync(_seed.Spec(more: "priority = 3\nrequires.label = large"));
        var submitted = await answer.Content.ReadFromJsonAsync<Submitted>(WireJson.Options);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"/api/runs/{submitted!.Id}", answer.Headers.Location!.ToString());
        Assert.True(submitted.IsNew);
        var run = await _seed.Http.GetFromJsonAsync<RunDetail>(answer.Headers.Location, WireJson.Options);
        Assert.Equal(("trial", Actors.Runs.RunState.Submitted, 4, "PT18H"), (run!.Name, run.State, run.Members, run.LastLeadTime));
        Assert.Equal((3, new RequirementsWire(false, "large")), (run.Priority, run.Requires));
        Assert.Equal("persistence", run.Spec.GetProperty("model").GetProperty("kind").GetString());
        Assert.Equal(Part.Opening, Assert.Single(run.Batches).Part);
    }

    [Fact]
    public async Task The_spec_of_a_run_may_be_sent_back_as_JSON()
    {
        var id = await _seed.SubmitAsync();
        var spec = (await _seed.GetAsync($"/api/runs/{id}"))["spec"]!;
        spec["name"] = "again";
        spec["checkpoint"]!["path"] = _seed.Folder + "/again/checkpoints";
        using var content = new StringContent(spec.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _seed.Http.PostAsync("/api/runs", content);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(2, await _seed.RunsAsync());
    }

    [Fact]
    public async Task Twenty_mistakes_are_twenty_errors_with_lines()
    {
        var spec = string.Join('\n',
            "name = \"no name\"", "model.kind = telepathy", "model.step = fast", "model.device = tpu", "model.dtype = int8",
            "model.threads = 0", "initial.source = crystal-ball", "lead-times.every = 0h", "lead-times.count = many", "ensemble.size = 0",
            "ensemble.seed = luck", "ensemble.perturbation.kind = shaken", "ranks.count = -1", "ranks.launcher = rocket",
            "checkpoint.path = relative", "checkpoint.mode = x", "checkpoint.level = 9", "output.path = /etc/fields.zarr",
            "output.every = 0", "supervision.max-restarts = never");
        using var answer = await _seed.PostAsync(spec);
        var problem = await TestSeed.ProblemAsync(answer, HttpStatusCode.UnprocessableEntity);

        // What is missing altogether comes last, and has no line.
        var errors = problem.Errors!.Take(20).ToList();
        Assert.Equal(Enumerable.Range(1, 20), errors.Select(e => e.Line!.Value));
        Assert.Equal(spec.Split('\n').Select(l => l.Split(" = ")[0]), errors.Select(e => e.Setting));
        Assert.All(errors, e => Assert.True(e.Column > 0 && e.Found.Length > 0 && e.Expected.Length > 0, e.Message));
        Assert.Equal(0, await _seed.RunsAsync());
    }

    [Theory]
    [InlineData("application/hocon", "name = a\nmodel {\n  kind = }\n", 3)]
    [InlineData("application/json", "{\n  \"name\": \"a\",\n  oops\n}", 3)]
    [InlineData("application/json", "name = hocon", 1)]
    [InlineData("application/yaml", "name: a\nmodel: [\n", 3)]
    [InlineData("application/yaml", "name: ${HOME}\n", 1)]
    [InlineData("application/hocon", "include \"/etc/passwd\"", 1)]
    public async Task What_cannot_be_read_is_told_by_its_line(string type, string text, int line)
    {
        using var answer = await _seed.Http.PostAsync("/api/runs", new StringContent(text, Encoding.UTF8, type));
        var problem = await TestSeed.ProblemAsync(answer, HttpStatusCode.BadRequest);

        Assert.Equal(line, Assert.Single(problem.Errors!).Line);
        Assert.Equal(0, await _seed.RunsAsync());
    }

    [Fact]
    public async Task A_path_outside_of_the_roots_is_refused_by_its_setting()
    {
        File.CreateSymbolicLink(_seed.Folder + "/out", "/var");
        using var answer = await _seed.PostAsync(_seed.Spec(more: $"checkpoint.path = \"{_seed.Folder}/out/checkpoints\""));
        var problem = await TestSeed.ProblemAsync(answer, HttpStatusCode.UnprocessableEntity);

        Assert.Equal("checkpoint.path", Assert.Single(problem.Errors!).Setting);
        Assert.Contains(_seed.Folder, problem.Errors![0].Expected, StringComparison.Ordinal);
        Assert.Equal(0, await _seed.RunsAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    public async Task A_spec_must_say_how_it_is_written(string? type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(_seed.Spec()));
        content.Headers.ContentType = type is null ? null : new(type);
        using var answer = await _seed.Http.PostAsync("/api/runs", content);
        var problem = await TestSeed.ProblemAsync(answer, HttpStatusCode.UnsupportedMediaType);

        Assert.Contains("application/hocon", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_fifty_megabytes_is_refused(bool chunked)
    {
        using var content = new ByteArrayContent(new byte[50 << 20]);
        content.Headers.ContentType = new("application/hocon");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/runs") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await _seed.Http.SendAsync(request);
        var problem = await TestSeed.ProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge);

        Assert.Contains("seed.max-body", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(0, await _seed.RunsAsync());
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe, 0x00 })]
    [InlineData(new byte[0])]
    public async Task A_body_that_is_no_text_is_refused(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/hocon");
        using var answer = await _seed.Http.PostAsync("/api/runs", content);

        await TestSeed.ProblemAsync(answer, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/api/runs/nobody", HttpStatusCode.NotFound)]
    [InlineData("/api/runs/nobody/events", HttpStatusCode.NotFound)]
    [InlineData("/api/runs?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/api/runs?limit=many", HttpStatusCode.BadRequest)]
    [InlineData("/api/runs/nobody/cancel", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_a_problem(string path, HttpStatusCode expected)
    {
        using var answer = await _seed.Http.GetAsync(path);

        await TestSeed.ProblemAsync(answer, expected);
    }

    [Fact]
    public async Task Runs_come_page_by_page_the_newest_first()
    {
        for (var i = 0; i < 5; i++)
            await _seed.SubmitAsync($"run{i}");

        var names = new List<string>();
        for (var path = "/api/runs?limit=2"; path is not null;)
        {
            var page = await _seed.Http.GetFromJsonAsync<RunPage>(path, WireJson.Options);
            names.AddRange(page!.Runs.Select(r => r.Name));
            Assert.InRange(page.Runs.Count, 1, 2);
            path = page.Next;
        }

        Assert.Equal(["run4", "run3", "run2", "run1", "run0"], names);
    }
}
