using System.Net.Sockets;
using System.Text;

namespace Cairn.Cli.Services;

/// <summary>Tells the service manager how a service fares (sd_notify(3)); nothing where there is no manager.</summary>
internal static class ServiceNotice
{
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>The service has started, and serves.</summary>
    public static void Ready(Func<string, string?> environment) => Send(environment, "READY=1");

    /// <summary>The service is about to end.</summary>
    public static void Stopping(Func<string, string?> environment) => Send(environment, "STOPPING=1");

    private static void Send(Func<string, string?> environment, string state)
    {
        if (environment(Variable) is not { Length: > 1 } path)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A name that begins with @ is in Linux' abstract namespace.
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
            socket.Send(Encoding.UTF8.GetBytes(state));
        }
        catch (SocketException)
        {
            // A manager that cannot be notified finds out by its own timeout; the service works anyway.
        }
    }
}
