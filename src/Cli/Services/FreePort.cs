using System.Net;
using System.Net.Sockets;

namespace Cairn.Cli.Services;

/// <summary>Checks that a port is free before anything is started, so that a port in use is reported in one line.</summary>
internal static class FreePort
{
    /// <summary>Why a port cannot be listened at; null where it can.</summary>
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

    /// <summary>Requires that a port can be listened at.</summary>
    /// <param name="host">The address to listen at.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="settings">Which settings choose them.</param>
    /// <exception cref="SpecException">It cannot.</exception>
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
