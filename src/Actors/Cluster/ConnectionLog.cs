using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using Cairn.Actors.Ranks;
using DotNetty.Handlers.Tls;
using DotNetty.Transport.Channels;

namespace Cairn.Actors.Cluster;

/// <summary>Logs refused incoming connections: the first of each kind, without a stack trace.</summary>
/// <param name="fingerprint">Of the certificate that peers must show.</param>
internal sealed class RefusedConnections(ILoggingAdapter log, string fingerprint)
{
    private const string ClientsLog = "Client";

    private readonly ConcurrentDictionary<string, bool> _logged = new(StringComparer.Ordinal);

    /// <summary>Takes an entry of the transport's own log.</summary>
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
        if (_logged.TryAdd(kind, true))
            log.Log(level, null, "{0}", text);
    }

    private static string Readable(EndPoint peer) => peer is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
        ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port).ToString()
        : $"{peer}";
}

/// <summary>Logs peers that cannot be reached: once, until they are reached again or the cause changes.</summary>
/// <param name="fingerprint">Of the certificate that peers must show.</param>
internal sealed class UnreachablePeers(ILoggingAdapter log, string fingerprint)
{
    private readonly ConcurrentDictionary<Address, string> _logged = new();
    private readonly ConcurrentDictionary<Address, bool> _otherCertificate = new();

    public void Reached(Address peer)
    {
        _otherCertificate.TryRemove(peer, out _);
        if (_logged.TryRemove(peer, out _))
            log.Info("{0}:{1} is reached again.", peer.Host, peer.Port);
    }

    /// <summary>
    /// A peer has shown another certificate. Remembered, since the attempt may fail with another error if the peer refuses this node's,
    /// too. Returns false.
    /// </summary>
    /// <param name="peer">Its address if this node called it, an endpoint if it called.</param>
    public bool Refused(string peer)
    {
        if (Address.TryParse(peer, out var address))
            _otherCertificate[address] = true;

        return false;
    }

    public void NotReached(Address peer, Exception error)
    {
        var fault = ConnectionFault.Of(error);
        if (fault == ConnectionFault.Kind.Broken && _otherCertificate.ContainsKey(peer))
            fault = ConnectionFault.Kind.Certificate;

        var why = Words(fault, error);
        if (_logged.TryGetValue(peer, out var logged) && logged == why)
            return;

        if (peer.System == RankProcess.SystemName)
        {
            // The actor that started that process reports how it ended.
            log.Debug("No connection to {0}: {1}", peer, why);
            return;
        }

        _logged[peer] = why;
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

/// <summary>Classifies connection errors.</summary>
internal static class ConnectionFault
{
    internal enum Kind
    {
        Other,

        /// <summary>The peer showed another certificate, or none.</summary>
        Certificate,

        /// <summary>What the peer sent is not TLS.</summary>
        NoTls,

        /// <summary>The connection ended within the handshake.</summary>
        Broken,

        Silent,
    }

    public static Kind Of(Exception? error) => error is null ? Kind.Broken : Innermost(error) switch
    {
        AuthenticationException => Kind.Certificate,
        NotSslRecordException => Kind.NoTls,
        // Akka's transport asks for the handler of a channel; a channel that is closed by then has none.
        IOException or ClosedChannelException or NullReferenceException => Kind.Broken,
        TimeoutException or ConnectTimeoutException => Kind.Silent,
        _ => Kind.Other,
    };

    public static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;
}
