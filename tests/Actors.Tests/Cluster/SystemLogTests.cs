using System.Collections.Concurrent;
using Akka.Actor.Setup;
using Akka.Event;
using Cairn.Actors.Cluster;
using Cairn.Actors.Tests.Members;
using Cairn.Engine.Rollouts;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>What an actor system logs is told as whoever watches the run is told of everything else.</summary>
public sealed class SystemLogTests
{
    [Fact]
    public async Task Warnings_and_errors_become_warnings_of_the_run_on_one_line_and_the_rest_is_left_out()
    {
        var told = new BlockingCollection<RunEvent>();
        var system = ActorSystem.Create("logs", ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(SystemLog.Settings), SystemLog.To(new Watcher(told.Add))));
        system.Log.Info("a detail");
        system.Log.Warning("rank {0} is odd", 3);
        system.Log.Error(new IOException("the disk is full"), "an actor failed");

        Assert.Equal(new RunWarning("rank 3 is odd"), Next(told));
        Assert.Equal(new RunWarning("an actor failed (IOException: the disk is full)"), Next(told));
        await system.Terminate();
        Assert.Empty(told);
    }

    [Fact]
    public async Task What_Akka_repeats_is_told_once_a_minute_and_what_Cairn_says_each_time()
    {
        var (told, clock) = (new BlockingCollection<string>(), new HandClock());
        using var loggers = new Loggers(told.Add);
        var system = ActorSystem.Create("logs", ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(SystemLog.Settings), SystemLog.To(loggers, clock)));
        var (akka, own) = (Logging.GetLogger(system, typeof(ActorSystem)), Logging.GetLogger(system, typeof(NodeHosting)));

        akka.Warning("late by {0} ms", 1);
        akka.Warning("late by {0} ms", 2);
        own.Warning("{0} is silent", "one");
        own.Warning("{0} is silent", "two");
        Assert.Equal(["late by 1 ms", "one is silent", "two is silent"], [Next(told), Next(told), Next(told)]);

        clock.Advance(TimeSpan.FromMinutes(1));
        akka.Warning("late by {0} ms", 3);
        Assert.Equal("late by 3 ms", Next(told));
        await system.Terminate();
        Assert.Empty(told);
    }

    private static T Next<T>(BlockingCollection<T> told)
    {
        Assert.True(told.TryTake(out var next, TimeSpan.FromMinutes(1)), "nothing more was told");
        return next;
    }

    private sealed class Watcher(Action<RunEvent> told) : IRunObserver
    {
        public void On(RunEvent runEvent) => told(runEvent);
    }

    private sealed class Loggers(Action<string> told) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            told(formatter(state, exception));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
