using System.Diagnostics;

namespace Cairn.Bench.Actors;

/// <summary>What is measured, each in a system of its own.</summary>
internal static class Measurements
{
    /// <summary>Millions of tells a second that reach one actor, from so many threads.</summary>
    public static double TellsToOne(int producers) => WithSystem(system =>
    {
        const int Tells = 4_000_000;
        using var done = new CountdownEvent(1);
        var actor = system.ActorOf(Props.Create(() => new Counter(Tells, done)));
        var watch = Stopwatch.StartNew();
        InThreads(producers, Tells / producers, _ => actor.Tell(Tick.Instance, ActorRefs.NoSender));
        done.Wait();
        return Tells / watch.Elapsed.TotalMicroseconds;
    });

    /// <summary>Millions of tells a second from one thread to so many actors in turn.</summary>
    public static double TellsToMany(int actors) => WithSystem(system =>
    {
        const int Each = 4_000;
        using var done = new CountdownEvent(actors);
        var all = Enumerable.Range(0, actors).Select(_ => system.ActorOf(Props.Create(() => new Counter(Each, done)))).ToArray();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Each; i++)
        {
            foreach (var actor in all)
            {
                actor.Tell(Tick.Instance, ActorRefs.NoSender);
            }
        }

        done.Wait();
        return (double)Each * actors / watch.Elapsed.TotalMicroseconds;
    });

    /// <summary>Microseconds from a tell to its answer, between two actors.</summary>
    public static double RoundTrip() => WithSystem(system =>
    {
        const int Turns = 200_000;
        using var done = new CountdownEvent(1);
        var (left, right) = (system.ActorOf(Props.Create(() => new Partner(Turns, done))), system.ActorOf<Echo>());
        var watch = Stopwatch.StartNew();
        right.Tell(Tick.Instance, left);
        done.Wait();
        return watch.Elapsed.TotalMicroseconds / Turns;
    });

    /// <summary>Microseconds from a question to its answer, one question at a time.</summary>
    public static double Ask() => WithSystem(system =>
    {
        const int Questions = 100_000;
        var echo = system.ActorOf<Echo>();
        return AskAll().GetAwaiter().GetResult();

        async Task<double> AskAll()
        {
            await echo.Ask<Tick>(Tick.Instance);
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Questions; i++)
            {
                await echo.Ask<Tick>(Tick.Instance);
            }

            return watch.Elapsed.TotalMicroseconds / Questions;
        }
    });

    /// <summary>Actors created a second, each having handled a message, and the bytes that each then takes.</summary>
    public static (double ASecond, double Bytes) Creation() => WithSystem(system =>
    {
        const int Actors = 50_000;
        using var done = new CountdownEvent(Actors);
        var props = Props.Create(() => new Counter(1, done));
        var actors = new IActorRef[Actors];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Actors; i++)
        {
            actors[i] = system.ActorOf(props);
            actors[i].Tell(Tick.Instance, ActorRefs.NoSender);
        }

        done.Wait();
        var seconds = watch.Elapsed.TotalSeconds;
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Actors;
        GC.KeepAlive(actors);
        return (Actors / seconds, bytes);
    });

    private static void InThreads(int threads, int times, Action<int> action)
    {
        var running = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            for (var i = 0; i < times; i++)
            {
                action(t);
            }
        })).ToList();
        running.ForEach(t => t.Start());
        running.ForEach(t => t.Join());
    }

    private static T WithSystem<T>(Func<ActorSystem, T> measure)
    {
        var system = ActorSystem.Create("bench");
        try
        {
            return measure(system);
        }
        finally
        {
            system.Terminate().Wait();
        }
    }
}
