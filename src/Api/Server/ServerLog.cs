using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Cairn.Api.Server;

/// <summary>What a seed logs. Events 3000 to 3099.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(3001, LogLevel.Information, "listening on {Address}")]
    public static partial void Listening(this ILogger log, string address);

    [LoggerMessage(3002, LogLevel.Warning,
        "the token is sent in clear text: seed.tls has no certificate, and {Address} can be reached from other machines")]
    public static partial void ClearText(this ILogger log, string address);

    [LoggerMessage(3003, LogLevel.Warning,
        "the token of the metrics is sent in clear text, and {Address} can be reached from other machines: let only the collector reach "
            + "it")]
    public static partial void MetricsInClearText(this ILogger log, string address);

    [LoggerMessage(3010, LogLevel.Error, "{Method} {Path} failed with an unexpected error")]
    public static partial void Unexplained(this ILogger log, Exception error, string method, string path);

    [LoggerMessage(3011, LogLevel.Warning, "{Method} {Path}: {Reason}")]
    public static partial void Unavailable(this ILogger log, string method, string path, string reason);
}
