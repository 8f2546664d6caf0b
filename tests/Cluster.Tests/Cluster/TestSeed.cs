using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Cluster.Tests.Cluster.Network;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>A seed of a test's cluster: where it is, and the process that it is just now.</summary>
internal sealed class TestSeed(int number, TestMachine? machine) : IDisposable
{
    private HttpClient? _http;

    public int Number => number;

    /// <summary>Where it is, if not on this machine.</summary>
    public TestMachine? Machine => machine;

    public CairnProcess Process { get; private set; } = null!;

    /// <summary>The address that other nodes reach it at. Another one is a move.</summary>
    public int Port { get; set; } = machine is null ? FreePort.Find() : 7071;

    /// <summary>
    /// Where it serves HTTP: the same place after it was removed and has joined again, for which no process has to start.
    /// </summary>
    public int HttpPort { get; } = machine is null ? FreePort.Find() : 7070;

    public string Host => machine?.Host ?? "127.0.0.1";

    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    public string Url => _http!.BaseAddress!.ToString();

    /// <summary>Talks to it, where that is.</summary>
    public HttpClient Http => _http!;

    public bool IsThere => _http is not null && !Process.HasExited;

    /// <summary>It is this process from now on, which prints where it serves as it begins.</summary>
    public async Task BegunAsync(CairnProcess process)
    {
        (Process, var before) = (process, _http);
        before?.Dispose();
        _http = null;
        var line = Text(await process.LineAsync(l => Text(l).StartsWith("seed at ", StringComparison.Ordinal)));
        var handler = new SocketsHttpHandler();
        if (machine is not null)
        {
            handler.ConnectCallback = async (context, cancel) =>
            {
                var socket = machine.OpenSocket();
                await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancel);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            };
        }

        _http = new HttpClient(handler) { BaseAddress = new Uri(line.Split(' ')[2].TrimEnd(',')), Timeout = TimeSpan.FromSeconds(20) };
    }

    public Task ReadyAsync() => Process.LineAsync(l => Text(l) == "ready");

    /// <summary>What a line says, which may be JSON.</summary>
    private static string Text(string line) => line.StartsWith('{') ? JsonNode.Parse(line)!["@m"]!.GetValue<string>() : line;

    public void Dispose() => _http?.Dispose();
}
