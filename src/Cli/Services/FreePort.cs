using System.Net;
using System.Net.Sockets;

namespace Cairn.Cli.Services;

/// <summary>Checks that a port is free before anything is started, so that a port in use gives one clear line.</summary>
internal static class FreePort
{
    /// <summary>Why a port is not available; null if it is.</summary>
    public static string? Unusable(string host, int port)
    {
        try
        {
            var address = IPAddress.TryParse(host, out var known) ? known : Dns.GetHostAddresses(host)[0];
            using var listener = new TcpListener(address, port);
            listener.Start();
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }

    /// <summary>Requires that a port is available.</summary>
    /// <param name="host">The address to listen at.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="settings">The settings that choose address and port.</param>
    /// <exception cref="SpecException">It is not.</exception>
    public static void Require(string host, int port, string settings)
    {
        if (Unusable(host, port) is { } why)
        {
            var where = port == 0 ? host : $"{host}, port {port}";
            throw new SpecException($"cannot listen at {where}: {why}. Is {(port == 0 ? "it a name or an address of this machine"
                : "another process there")}? Choose others by {settings}.");
        }
    }
}
