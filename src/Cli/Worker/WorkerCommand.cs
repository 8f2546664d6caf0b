using System.CommandLine;
using System.Diagnostics;
using Akka.Actor;
using Cairn.Actors;
using Cairn.Actors.Cluster;
using Cairn.Actors.Nodes;
using Cairn.Actors.Ranks;
using Cairn.Api.Telemetry;
using Cairn.Cli.Services;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Cairn.Storage.Durable;
using Cairn.Storage.Words;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Cli.Worker;

/// <summary><c>cairn worker</c>: offers this machine's slots to the runs of a cluster.</summary>
internal static class WorkerCommand
{
    private static readonly TimeSpan LongestLeaving = TimeSpan.FromSeconds(30);

    public static Command Build()
    {
        var files = new ServiceFiles("worker.conf");
        var node = new NodeOptions("--seed", "A seed of the cluster to join");
        var command = new Command("worker", "Join a cluster, and step batches of its runs on this machine until drained or stopped.");
        node.AddTo(command);
        files.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var settings = files.Read(parsed);
            return RunAsync(settings.Worker, node.Apply(parsed, settings.Cluster), parsed.InvocationConfiguration);
        });
        return command;
    }

    private static async Task<int> RunAsync(WorkerSettings worker, ClusterSettings cluster, InvocationConfiguration outputs)
    {
        using var log = new ServiceLog(worker.Telemetry.Log, outputs.Output, outputs.Error);
        OpenFiles.Require(worker.Node.Slots ?? Environment.ProcessorCount);
        using var stop = new ServiceStop(worker.Node.StopSignals);
        var limit = Limit(worker.Node);
        var node = NodeOptions.Node(cluster, isSeed: false, worker.Name);
        FreePort.Require(cluster.Bind ?? cluster.Host, cluster.Port ?? 0, "cluster.host and cluster.port");
        NodeOptions.RequireKnownNames(NodeOptions.Join(cluster, isSeed: false));
        if (worker.Metrics is { } metrics)
            FreePort.Require($"{metrics.Address}", metrics.Port, "node.metrics.address and node.metrics.port");

        var telemetry = await WorkerTelemetry.StartAsync(worker, Environment.GetEnvironmentVariable, log.Apply).ConfigureAwait(false);
        await using var ended = telemetry.ConfigureAwait(false);
        if (telemetry.Address is { } address)
            log.Say(new NodeLine($"metrics at {address.GetLeftPart(UriPartial.Authority)}/metrics"));

        var seeds = string.Join(", ", NodeOptions.Join(cluster, isSeed: false));
        var options = new WorkerOptions(
            worker.Name, worker.Node.Slots, worker.Labels, worker.Launcher == WorkerLauncher.InProcess, $"the cluster of {seeds}")
        {
            Torch = await LocalLibtorch.AskAsync().ConfigureAwait(false),
        };

        // A worker that its cluster has removed starts again and joins as a new member.
        var isRemoved = true;
        while (isRemoved && !stop.Token.IsCancellationRequested)
        {
            WorkerNode? begun = null;
            using var host = Build(node, options, log, n => begun = n);
            await host.StartAsync(CancellationToken.None).ConfigureAwait(false);
            var system = host.Services.GetRequiredService<ActorSystem>();
            var joined = begun ?? throw new InvalidOperationException("The host has started no node.");
            await using (joined.ConfigureAwait(false))
            {
                var devices = string.Join(", ", joined.Node.Devices);
                void Say(string text) => log.Say(new NodeLine(text) { Node = joined.Node.Id });
                Say($"worker {joined.Node.Id}: {Count.Of(joined.Node.Slots, "slot")} ({devices}), seeds {seeds}");
                ServiceNotice.Ready(Environment.GetEnvironmentVariable);
                await Task.WhenAny(UntilLeftAsync(joined, worker, limit, Say, stop.Token), system.WhenTerminated).ConfigureAwait(false);
                await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
                await system.WhenTerminated.ConfigureAwait(false);
            }

            isRemoved = NodeLife.WasRemoved(system);
        }

        return ExitCodes.Done;
    }

    private static IHost Build(NodeSettings node, WorkerOptions options, ServiceLog log, Action<WorkerNode> begun)
    {
        // An empty builder: this command handles signals and files itself.
        var builder = Host.CreateEmptyApplicationBuilder(null);
        log.Apply(builder.Logging);
        builder.Services.AddClusterNode(node, akka => akka.WithWorker(node.Remote.Certificate, options, log.Say, begun));
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        return builder.Build();
    }

    private static async Task UntilLeftAsync(
        WorkerNode node, WorkerSettings settings, (DateTimeOffset At, string Reason)? limit, Action<string> say, CancellationToken stop)
    {
        var left = limit is { } end ? WallClock.Until(end.At, TimeProvider.System.GetUtcNow()) : Timeout.InfiniteTimeSpan;
        using var atLimit = new CancellationTokenSource(left);
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(stop, atLimit.Token);
        await Task.WhenAny(node.Left, Task.Delay(Timeout.Infinite, asked.Token)).ConfigureAwait(false);
        if (!node.Left.IsCompleted)
        {
            ServiceNotice.Stopping(Environment.GetEnvironmentVariable);
            node.Drain(stop.IsCancellationRequested ? "asked to end" : $"the wall-clock limit is near ({limit!.Value.Reason})");
            if (await Task.WhenAny(node.Left, Task.Delay(settings.DrainTimeout, CancellationToken.None)).ConfigureAwait(false) != node.Left)
            {
                say($"not all batches reached a boundary within node.drain-timeout ({settings.DrainTimeout.TotalSeconds:0} s): they are "
                    + "ended, and other nodes continue from their last sessions");
                node.Abandon();
            }
        }

        if (await Task.WhenAny(node.Left, Task.Delay(LongestLeaving, CancellationToken.None)).ConfigureAwait(false) != node.Left)
        {
            say("the node could not tell the registry that it leaves: the cluster will notice, and other nodes continue from its last "
                + "sessions");
            return;
        }

        var drained = await node.Left.ConfigureAwait(false);
        var abandoned = Count.Of(drained.Abandoned, "batch was", "batches were");
        say($"left: {drained.Reason}" + (drained.Abandoned > 0 ? $"; {abandoned} not at a boundary" : ""));
    }

    private static (DateTimeOffset At, string Reason)? Limit(NodeSpec node)
    {
        using var process = Process.GetCurrentProcess();
        return WallClock.StopTime(node, Environment.GetEnvironmentVariable, process.StartTime);
    }

    /// <summary>This command handles signals: a node drains before its host stops.</summary>
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
