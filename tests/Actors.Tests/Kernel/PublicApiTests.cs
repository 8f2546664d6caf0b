namespace Cairn.Actors.Tests.Kernel;

/// <summary>
/// The kernel's public API is what a text file says, line by line. Each of these lines was found in Akka.NET 1.5 as well; a line
/// that is to be added has to be looked up there first.
/// </summary>
public sealed class PublicApiTests
{
    private const string Approved = "PublicApi.txt";

    [Fact]
    public void The_public_api_is_the_one_that_was_compared_with_that_of_Akka()
    {
        var kernel = typeof(ActorSystem).Assembly;
        var lines = PublicApi.Lines(kernel.GetTypes(), kernel.GetName().Name!).ToList();
        var approved = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Kernel", Approved));
        var added = lines.Except(approved).Select(l => "+ " + l);
        var removed = approved.Except(lines).Select(l => "- " + l);
        var changes = added.Concat(removed).ToList();
        Assert.True(changes.Count == 0, $"the public API differs from tests/Actors.Tests/Kernel/{Approved}:\n{string.Join("\n", changes)}");
    }
}
