using System.Text.Json.Nodes;
using Cairn.Actors.Nodes;
using Cairn.Cli.Services;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Settings;
using Microsoft.Extensions.Logging;

namespace Cairn.Cli.Tests.Services;

/// <summary>What a service says, as text and as JSON.</summary>
public sealed class JsonLinesTests
{
    private static readonly Action<ILogger, string, Exception?> Listening =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(1), "listening on {Address}");

    [Fact]
    public void A_line_of_a_node_is_an_object_with_what_it_is_about_and_text_is_as_people_read_it()
    {
        var line = new NodeLine("rank \"0\" {failed}")
        {
            Run = "r-1", Batch = new MemberRange(0, 3), Epoch = 2, Rank = 0, IsWarning = true,
        };
        var json = JsonNode.Parse(Said(LogFormat.Json, log => log.Say(line)).Output)!;

        Assert.Equal(("rank \"0\" {failed}", "Warning"), (json["@m"]!.GetValue<string>(), json["@l"]!.GetValue<string>()));
        Assert.Equal(("r-1", "0-3"), (json["run"]!.GetValue<string>(), json["batch"]!.GetValue<string>()));
        Assert.Equal((2, 0), (json["epoch"]!.GetValue<int>(), json["rank"]!.GetValue<int>()));
        Assert.Null(json["Message"]);
        Assert.EndsWith(" rank \"0\" {failed}\n", Said(LogFormat.Text, log => log.Say(line)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_logged_has_its_values_by_name_and_what_it_is_about_by_its_scope()
    {
        var error = Said(LogFormat.Json, log => Logged(log, logger =>
        {
            using var about = logger.BeginScope(new Dictionary<string, object> { ["run"] = "r-1" });
            Listening(logger, "http://127.0.0.1:7070", new DataException("torn"));
        })).Error;
        var json = JsonNode.Parse(error)!;

        Assert.Equal("listening on http://127.0.0.1:7070", json["@m"]!.GetValue<string>());
        Assert.Equal(("http://127.0.0.1:7070", "r-1"), (json["Address"]!.GetValue<string>(), json["run"]!.GetValue<string>()));
        Assert.Contains("torn", json["@x"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static void Logged(ServiceLog log, Action<ILogger> write)
    {
        using var factory = LoggerFactory.Create(log.Apply);
        write(factory.CreateLogger("Cairn.Test"));
    }

    private static (string Output, string Error) Said(LogFormat format, Action<ServiceLog> say)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using (var log = new ServiceLog(format, output, error))
        {
            say(log);
        }

        return (output.ToString(), error.ToString());
    }
}
