using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using Cairn.Actors.Ranks;
using DotNetty.Handlers.Tls;
using DotNetty.Transport.Channels;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Tells the node's own log of those who tried to connect to it in vain: one line for each kind of failed connection, without a stack
/// trace, and none for its likes.
/// </summary>
/// <param name="log">The node's log.</param>
/// <param name="fingerprint">Of the certificate that peers have to show.</param>
internal sealed class Strangers(ILoggingAdapter log, string fingerprint)
{
    private const string ClientsLog = "Client";

    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    /// <summary>Takes an entry of the transport's log.</summary>
    public void Note(LogEvent entry)
    {
        var parameters = entry.Message is LogMessage message ? message.Parameters().ToList() : [];
        if (entry.LogLevel() < LogLevel.ErrorLevel || entry.LogClass.Name.Contains(ClientsLog, StringComparison.Ordinal))
        {
            log.Debug("{0}", entry.Message);
        }
        else if (parameters is [_, EndPoint peer, ..])
        {
            var why = Words(entry.Cause);
            Once(why, LogLevel.WarningLevel,
                $"A connection from {Readable(peer)} was refused: it {why}. Further ones like it are refused without a message.");
        }
        else
        {
            Once($"{entry.Message}", LogLevel.ErrorLevel,
                $"{entry.Message}{(entry.Cause is { } cause ? $" {ConnectionFault.Innermost(cause).Message}" : "")}");
        }
    }

    private string Words(Exception? cause) => ConnectionFault.Of(cause) switch
    {
        ConnectionFault.Kind.Certificate => $"does not have this cluster's certificate ({fingerprint})",
        ConnectionFault.Kind.NoTls => "does not speak TLS",
        _ => "ended during the TLS handshake",
    };

    private void Once(string kind, LogLevel level, string text)
    {
        if (_told.TryAdd(kind, true))
        {
            log.Log(level, null, "{0}", text);
        }
    }

    private static string Readable(EndPoint peer) => peer is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
        ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port).ToString()
        : $"{peer}";
}

/// <summary>Tells the node's own log which peers it does not reach: once, until it does, or until the cause is another.</summary>
/// <param name="log">The node's log.</param>
/// <param name="fingerprint">Of the certificate that peers have to show.</param>
internal sealed class Peers(ILoggingAdapter log, string fingerprint)
{
    private readonly ConcurrentDictionary<Address, string> _told = new();
    private readonly ConcurrentDictionary<Address, bool> _impostors = new();

    /// <summary>A connection stands.</summary>
    public void Reached(Address peer)
    {
        _impostors.TryRemove(peer, out _);
        if (_told.TryRemove(peer, out _))
        {
            log.Info("{0}:{1} is reached again.", peer.Host, peer.Port);
        }
    }

    /// <summary>
    /// A peer has shown another certificate. Where it refuses this node's too, the connection may break off before the attempt has failed
    /// for that reason.
    /// </summary>
    /// <param name="peer">Its address, if this node called it; an endpoint, if it called.</param>
    /// <returns>False.</returns>
    public bool Refused(string peer)
    {
        if (Address.TryParse(peer, out var address))
        {
            _impostors[address] = true;
        }

        return false;
    }

    /// <summary>An attempt failed.</summary>
    public void NotReached(Address peer, Exception error)
    {
        var fault = ConnectionFault.Of(error);
        if (fault == ConnectionFault.Kind.Broken && _impostors.ContainsKey(peer))
        {
            fault = ConnectionFault.Kind.Certificate;
        }

        var why = Words(fault, error);
        if (_told.TryGetValue(peer, out var told) && told == why)
        {
            return;
        }

        if (peer.System == RankProcess.SystemName)
        {
            // The actor that started that process watches it, and reports how it ended; Akka's last message to it is no longer needed.
            log.Debug("No connection to {0}: {1}", peer, why);
            return;
        }

        _told[peer] = why;
        log.Warning("No connection to {0}:{1}: {2}", peer.Host, peer.Port, why);
    }

    private string Words(ConnectionFault.Kind fault, Exception error) => fault switch
    {
        ConnectionFault.Kind.Certificate =>
            $"it does not have this cluster's certificate ({fingerprint}). Is the address right, and the certificate here and there?",
        ConnectionFault.Kind.NoTls => "it does not use TLS, so it is not a Cairn node. Is the address right?",
        ConnectionFault.Kind.Broken => "it ended during the TLS handshake: it stopped, or it refuses this node's certificate.",
        ConnectionFault.Kind.Silent => "it does not answer.",
        _ => ConnectionFault.Innermost(error).Message,
    };
}

/// <summary>What went wrong with a connection.</summary>
internal static class ConnectionFault
{
    /// <summary>What can go wrong.</summary>
    internal enum Kind
    {
        /// <summary>Something else.</summary>
        Other,

        /// <summary>The peer showed another certificate, or none.</summary>
        Certificate,

        /// <summary>What the peer sent is not TLS.</summary>
        NoTls,

        /// <summary>The connection ended within the handshake.</summary>
        Broken,

        /// <summary>Nothing came.</summary>
        Silent,
    }

    /// <summary>Sorts an exception of the transport's.</summary>
    public static Kind Of(Exception? error) => error is null ? Kind.Broken : Innermost(error) switch
    {
        AuthenticationException => Kind.Certificate,
        NotSslRecordException => Kind.NoTls,
        IOException or ClosedChannelException => Kind.Broken,
        TimeoutException or ConnectTimeoutException => Kind.Silent,
        _ => Kind.Other,
    };

    /// <summary>The exception that it began with.</summary>
    public static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;
}
