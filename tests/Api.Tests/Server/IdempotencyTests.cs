using System.Net;
using System.Net.Http.Json;
using Cairn.Api.Wire;

namespace Cairn.Api.Tests.Server;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task Twenty_equal_posts_at_once_to_two_seeds_give_one_run()
    {
        await using var one = await TestSeed.StartAsync();
        await using var other = await TestSeed.StartAsync(beside: one);
        var posts = Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? one : other).PostAsync(one.Spec(), "the-key")).ToList();
        var answers = await Task.WhenAll(posts);
        var submitted = await Task.WhenAll(answers.Select(a => a.Content.ReadFromJsonAsync<Submitted>(WireJson.Options)));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        Assert.Single(submitted.Select(s => s!.Id).Distinct());
        Assert.Single(submitted, s => s!.IsNew);
        Assert.Equal((1, 1), (await one.RunsAsync(), await other.RunsAsync()));
    }

    [Fact]
    public async Task Another_spec_under_the_same_key_is_a_conflict()
    {
        await using var seed = await TestSeed.StartAsync();
        using var first = await seed.PostAsync(seed.Spec("one"), "the-key");
        using var second = await seed.PostAsync(seed.Spec("two"), "the-key");

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        await TestSeed.ProblemAsync(second, HttpStatusCode.Conflict);
        Assert.Equal(1, await seed.RunsAsync());
    }

    [Fact]
    public async Task Two_runs_in_one_folder_are_a_conflict()
    {
        await using var seed = await TestSeed.StartAsync();
        using var first = await seed.PostAsync(seed.Spec());
        Directory.CreateDirectory(seed.Folder + "/trial");
        File.CreateSymbolicLink(seed.Folder + "/alias", "trial");
        using var second = await seed.PostAsync(seed.Spec(more: $"checkpoint.path = \"{seed.Folder}/alias/checkpoints\""));

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        await TestSeed.ProblemAsync(second, HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        await using var seed = await TestSeed.StartAsync();
        using var answer = await seed.PostAsync(seed.Spec(), key);

        await TestSeed.ProblemAsync(answer, HttpStatusCode.BadRequest);
    }
}
