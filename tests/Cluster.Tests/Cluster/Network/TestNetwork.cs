using System.Collections.Concurrent;

namespace Cairn.Cluster.Tests.Cluster.Network;

/// <summary>
/// A network between machines, and what can befall it: connections cut in one direction or both, packets lost, packets late. It is a
/// switch within the test, so that it needs no firewall and no queueing discipline that a kernel may lack.
/// </summary>
internal sealed class TestNetwork : IDisposable
{
    private const int LongestPacket = 65536;
    private static readonly TimeSpan Clock = TimeSpan.FromMilliseconds(5);
    private readonly ConcurrentDictionary<byte, TestMachine> _machines = [];
    private readonly ConcurrentQueue<(long Due, TestMachine To, byte[] Packet)> _late = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Random _random;
    private readonly Lock _drawing = new();
    private readonly Task _clock;
    private volatile Weather _weather = Weather.Fair;

    /// <param name="seed">Decides which packets are lost.</param>
    public TestNetwork(int seed)
    {
        _random = new Random(seed);
        _clock = DeliverLateAsync();
    }

    /// <summary>Plugs in another machine.</summary>
    public async Task<TestMachine> AddAsync()
    {
        var machine = await TestMachine.StartAsync((byte)(_machines.Count + 1));
        _machines[machine.Number] = machine;
        new Thread(() => Forward(machine)) { IsBackground = true, Name = $"packets of {machine.Host}" }.Start();
        return machine;
    }

    /// <summary>From now on nothing that one of some sends reaches one of others.</summary>
    public void CutOneWay(IReadOnlyCollection<TestMachine> from, IReadOnlyCollection<TestMachine> to) => _weather = _weather with
    {
        Cut = _weather.Cut.Concat(from.SelectMany(f => to.Select(t => (f.Number, t.Number)))).ToHashSet(),
    };

    /// <summary>The same in both directions.</summary>
    public void Cut(IReadOnlyCollection<TestMachine> some, IReadOnlyCollection<TestMachine> others)
    {
        CutOneWay(some, others);
        CutOneWay(others, some);
    }

    /// <summary>Loses a share of all packets.</summary>
    public void Lose(double share) => _weather = _weather with { Lost = share };

    /// <summary>Has every packet come this much later.</summary>
    public void Delay(TimeSpan by) => _weather = _weather with { Delay = by };

    /// <summary>Everything gets through again.</summary>
    public void Heal() => _weather = Weather.Fair;

    public void Dispose()
    {
        _end.Cancel();
        foreach (var machine in _machines.Values)
            machine.Dispose();

        _clock.GetAwaiter().GetResult();
        _end.Dispose();
    }

    private void Forward(TestMachine from)
    {
        const int version = 0, lastOfDestination = 19;
        var packet = new byte[LongestPacket];
        while (from.Receive(packet) is > 0 and var count)
        {
            if (packet[version] >> 4 == 4 && count > lastOfDestination && _machines.TryGetValue(packet[lastOfDestination], out var to))
                Send(from, to, packet, count);
        }

        from.Closed();
    }

    private void Send(TestMachine from, TestMachine to, byte[] packet, int count)
    {
        var weather = _weather;
        if (weather.Cut.Contains((from.Number, to.Number)) || (weather.Lost > 0 && Draw() < weather.Lost))
            return;

        if (weather.Delay > TimeSpan.Zero)
            _late.Enqueue((Environment.TickCount64 + (long)weather.Delay.TotalMilliseconds, to, packet[..count]));
        else
            to.Deliver(packet, count);
    }

    private double Draw()
    {
        lock (_drawing)
        {
            return _random.NextDouble();
        }
    }

    private async Task DeliverLateAsync()
    {
        using var clock = new PeriodicTimer(Clock);
        try
        {
            while (await clock.WaitForNextTickAsync(_end.Token))
            {
                while (_late.TryPeek(out var next) && next.Due <= Environment.TickCount64 && _late.TryDequeue(out next))
                    next.To.Deliver(next.Packet, next.Packet.Length);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The network is gone.
        }
    }

    /// <summary>What befalls packets, by the last parts of two addresses, from and to.</summary>
    private sealed record Weather(HashSet<(byte From, byte To)> Cut, double Lost, TimeSpan Delay)
    {
        public static readonly Weather Fair = new([], 0, TimeSpan.Zero);
    }
}
