using System.Net;
using System.Net.Sockets;

namespace Cairn.Cluster.Tests;

/// <summary>Ports of loopback for servers that have to be told one, since they come back to it.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody listens at just now.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
