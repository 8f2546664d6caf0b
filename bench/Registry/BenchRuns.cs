using Akka.Actor;
using Akka.Hosting;
using Cairn.Actors.Runs;
using Cairn.Engine.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Bench.Registry;

/// <summary>Runs of batches that nobody steps, and the stand-ins that carry them out.</summary>
internal static class BenchRuns
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>One worker process's worth of stand-ins.</summary>
    /// <returns>Ends when <paramref name="count"/> batches were reported and acknowledged.</returns>
    public static async Task<Task> StandInAsync(
        BenchCluster cluster, int nodes, int slots, int batches, int count, int holds = int.MaxValue)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await cluster.StartWorkerAsync(akka => akka.WithActors((system, actors) =>
        {
            var self = Akka.Cluster.Cluster.Get(system).SelfUniqueAddress;
            var told = system.ActorOf(Props.Create(() => new Counted(count, done)), "told");
            var (registry, address) = (actors.Get<RunRegistry>(), $"{self.Address}#{self.Uid}");
            var work = new StandInWork(slots, batches, holds, told);
            for (var i = 0; i < nodes; i++)
            {
                var name = $"stand-in-{self.Uid}-{i}";
                system.ActorOf(Props.Create(() => new StandIn(registry, name, address, work)), name);
            }
        }));
        return done.Task.WaitAsync(Patience);
    }

    /// <summary>Waits until all nodes of a cluster are known.</summary>
    public static async Task UntilKnownAsync(BenchCluster cluster, int nodes)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await cluster.Seed.Registry.Ask<NodeList>(new ListNodes(), Patience)).Nodes.Count(n => n.State == NodeState.Up) < nodes)
            await again.WaitForNextTickAsync();
    }

    public static async Task<string> SubmitAsync(BenchCluster cluster, string scratch, string name)
    {
        var text = $$"""
            name = {{name}}
            model { kind = shallow-water, step = 90s, nx = 12, ny = 20, dx = 100000 }
            initial { source = model }
            lead-times { every = 3m, count = 12 }
            ensemble { size = 4, batch-size = 1, seed = 7, perturbation { kind = gaussian, amplitude { u = 0.1, v = 0.1, p = 5 } } }
            checkpoint { path = "{{scratch}}/{{name}}/checkpoints", flush-interval = 4 }
            output { kind = zarr, path = "{{scratch}}/{{name}}/fields.zarr", picture = off }
            """;
        var answer = await cluster.Seed.Registry.Ask<object>(new SubmitRun(text, SpecFormat.Hocon), Patience);
        return answer is RunAccepted accepted ? accepted.Id : throw new InvalidOperationException($"{answer}");
    }

    public static Task<RunDescription> DescribeAsync(BenchCluster cluster, string id) =>
        cluster.Seed.Registry.Ask<RunDescription>(new DescribeRun(id), Patience);
}
