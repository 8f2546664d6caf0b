using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Cairn.Actors.Cluster;
using Cairn.Actors.Ranks;

namespace Cairn.Bench.Supervision;

/// <summary>
/// A thread of a child process reports a boundary to an actor of this one, and sleeps until the permit that answers it has come: what a
/// rank does where it may not run ahead. Over the transport that ranks have, mutual TLS and all.
/// </summary>
internal static class RoundTrip
{
    private const int Warming = 2000;
    private static readonly Config Quiet = ConfigurationFactory.ParseString("akka { loglevel = WARNING, log-dead-letters = off }");

    /// <summary>Starts the child, which prints what it measures.</summary>
    public static async Task MeasureAsync(int rounds)
    {
        using var certificate = ClusterCertificate.Create();
        using var system = ActorSystem.Create("cairn", new RemoteSettings(certificate).For(Quiet));
        var permits = system.ActorOf(Props.Create(() => new Permits()), "permits");
        var node = permits.Path.ToStringWithAddress(((ExtendedActorSystem)system).Provider.DefaultAddress);
        var start = new ProcessStartInfo("dotnet", [Assembly.GetExecutingAssembly().Location, "child", node, $"{rounds}"]);
        start.Environment[ClusterCertificate.Variable] = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ToPem()));
        using var child = Process.Start(start)!;
        await child.WaitForExitAsync();
        await system.Terminate();
    }

    /// <summary>The child.</summary>
    public static async Task ReportAsync(string node, int rounds)
    {
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(Environment.GetEnvironmentVariable(ClusterCertificate.Variable)!));
        using var certificate = ClusterCertificate.FromPem(pem, ClusterCertificate.Variable);
        using var system = ActorSystem.Create("ranks", new RemoteSettings(certificate).For(Quiet));
        var coordinator = await system.ActorSelection(node).ResolveOne(TimeSpan.FromSeconds(20));
        using var come = new SemaphoreSlim(0);
        var worker = system.ActorOf(Props.Create(() => new Worker(come)), "worker");
        var times = new List<double>();
        for (var boundary = -Warming; boundary < rounds; boundary++)
        {
            var told = TimeProvider.System.GetTimestamp();
            coordinator.Tell(new RankReport.Reached(0, boundary, boundary), worker);
            come.Wait();
            if (boundary >= 0)
                times.Add(TimeProvider.System.GetElapsedTime(told).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"boundary and permit, child process, mutual TLS: {times[rounds / 2]:0.000} ms (median of {rounds}), "
            + $"{times[rounds / 10]:0.000} to {times[rounds * 9 / 10]:0.000} (tenths), {times[^1]:0.000} (longest)"));
        await system.Terminate();
    }

    private sealed class Permits : ReceiveActor
    {
        public Permits() => Receive<RankReport.Reached>(reached => Sender.Tell(new RankOrder.Permit(reached.Boundary + 2)));
    }

    private sealed class Worker : ReceiveActor
    {
        public Worker(SemaphoreSlim come) => Receive<RankOrder.Permit>(_ => come.Release());
    }
}
