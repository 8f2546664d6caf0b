using System.Net.Sockets;
using System.Text;

namespace Cairn.Cli.Services;

/// <summary>Notifies the service manager of a service's state (sd_notify(3)); does nothing without a manager.</summary>
internal static class ServiceNotice
{
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>The service has started and accepts requests.</summary>
    public static void Ready(Func<string, string?> environment) => Send(environment, "READY=1");

    /// <summary>The service is about to end.</summary>
    public static void Stopping(Func<string, string?> environment) => Send(environment, "STOPPING=1");

    private static void Send(Func<string, string?> environment, string state)
    {
        if (environment(Variable) is not { Length: > 1 } path)
            return;

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A name that begins with @ is in Linux's abstract namespace.
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
            socket.Send(Encoding.UTF8.GetBytes(state));
        }
        catch (SocketException)
        {
            // A manager that cannot be notified uses its own timeout; the service works anyway.
        }
    }
}
