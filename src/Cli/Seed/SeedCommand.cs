using System.CommandLine;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Api.Server;
using Cairn.Cli.Services;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Seed;

/// <summary>
/// <c>cairn seed</c>: starts or joins a cluster as a seed, which takes runs, grants their batches to workers, and reports their status.
/// </summary>
internal static class SeedCommand
{
    public static Command Build()
    {
        var files = new ServiceFiles("seed.conf");
        var node = new NodeOptions("--join", "Another seed, whose cluster to join");
        var command = new Command("seed",
            "Start a cluster, or join one, as a seed: accept runs, grant their batches to workers, report their progress.");
        node.AddTo(command);
        files.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var settings = files.Read(parsed);
            return RunAsync(settings.Seed, node.Apply(parsed, settings.Cluster), parsed.InvocationConfiguration);
        });
        return command;
    }

    private static async Task<int> RunAsync(SeedSettings settings, ClusterSettings cluster, InvocationConfiguration outputs)
    {
        using var stop = new ServiceStop(WarningSignals.All);
        using var log = new ServiceLog(settings.Telemetry.Log, outputs.Output, outputs.Error);
        FreePort.Require($"{settings.Address}", settings.Port, "seed.address and seed.port");
        FreePort.Require(cluster.Bind ?? cluster.Host, cluster.Port ?? ClusterSettings.UsualPort, "cluster.host and cluster.port");
        var node = NodeOptions.Node(cluster, isSeed: true, name: null);
        // One process only may use a seed's journal and its record of the cluster.
        using var only = RunLock.Acquire(Path.Combine(node.StateDirectory, "seed.lock"), TimeProvider.System);
        var registry = new RegistrySetup(SubmissionRules.Of(settings), TimeProvider.System,
            RegistryTimes.Default);
        var isRemoved = true;
        while (isRemoved && !stop.Token.IsCancellationRequested)
        {
            var server = await SeedServer.StartAsync(
                settings, Environment.GetEnvironmentVariable, services =>
                    services.AddClusterNode(node, akka => akka.WithRegistry(registry)),
                log.Apply).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                log.Say($"seed at {server.Address.GetLeftPart(UriPartial.Authority)}, for nodes {NodeAddress(server)}, "
                    + $"certificate {NodeOptions.CertificatePath(cluster)} ({node.Remote.Certificate.Fingerprint})");
                await ServeAsync(server, log, stop.Token).ConfigureAwait(false);
                isRemoved = server.IsRemoved;
            }
        }

        return ExitCodes.Done;
    }

    private static async Task ServeAsync(SeedServer server, ServiceLog log, CancellationToken stop)
    {
        try
        {
            if (await server.ReadyAsync(stop).ConfigureAwait(false))
            {
                log.Say("ready");
                ServiceNotice.Ready(Environment.GetEnvironmentVariable);
            }

            await server.UntilEndAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process was asked to end before the registry answered.
        }

        if (stop.IsCancellationRequested)
            ServiceNotice.Stopping(Environment.GetEnvironmentVariable);
    }

    private static string NodeAddress(SeedServer server)
    {
        var self = Akka.Cluster.Cluster.Get(server.System).SelfAddress;
        return $"{self.Host}:{self.Port}";
    }
}
