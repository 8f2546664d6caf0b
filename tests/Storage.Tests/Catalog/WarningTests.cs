using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Durable;
using Microsoft.Extensions.Logging;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Nobody reads traces: warnings go to standard error, or to the host's log.</summary>
public sealed class WarningTests
{
    [Fact]
    public void Unless_told_otherwise_warnings_go_to_standard_error()
    {
        var options = new CheckpointOptions();
        Assert.Equal("ToStandardError", options.Warn.Method.Name);
        Assert.Equal("ToStandardError", (options with { Level = 1 }).Warn.Method.Name);
    }

    [Fact]
    public void A_hosts_log_hears_them_instead_and_whoever_listens_to_the_checkpoint_too()
    {
        var log = new Heard();
        var catalog = new TestCatalog(new RecordingFiles("/data"));
        catalog.WriteRows(1);
        var checkpoint = new Checkpoint("x", new CheckpointOptions
        {
            Path = TestCatalog.Path, Files = catalog.Options.Files, Rank = 0, WorldSize = 1, Logger = log,
        });
        var heard = new List<CheckpointWarning>();
        checkpoint.Warned += heard.Add;
        CheckpointScope.Bind(new WindState());

        using var session = checkpoint.Open();

        Assert.Contains("restored late", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Contains("restored late", Assert.Single(heard).Defect, StringComparison.Ordinal);
    }

    private sealed class Heard : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
