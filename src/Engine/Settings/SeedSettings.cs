using System.Net;

namespace Cairn.Engine.Settings;

/// <summary>The settings of a seed.</summary>
public sealed record SeedSettings
{
    /// <summary>The default port of a seed's API.</summary>
    public const int UsualPort = 7070;

    /// <summary>The address to listen on.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port to listen on; 0 for any that is free.</summary>
    public int Port { get; init; } = UsualPort;

    /// <summary>Absolute folders; everything that a submitted spec reads or writes lies in one of them.</summary>
    public required IReadOnlyList<string> Roots { get; init; }

    /// <summary>What <c>ranks.command</c> of a submitted spec may be.</summary>
    public IReadOnlyList<string> RankCommands { get; init; } = [RankSpec.UsualCommand];

    /// <summary>Programs that <c>deadline.command</c> of a submitted spec may begin with.</summary>
    public IReadOnlyList<string> AlertCommands { get; init; } = [];

    /// <summary>Addresses that <c>deadline.webhook</c> may be; one that ends in a slash stands for all that begin so.</summary>
    public IReadOnlyList<string> AlertWebhooks { get; init; } = [];

    /// <summary>Absolute path of a file with the bearer token, or null.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The certificate for TLS, or null for none.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>The largest body of a request, in bytes.</summary>
    public int MaxBody { get; init; } = 1 << 20;

    /// <summary>Requests that one client may send in <see cref="RateWindow"/>.</summary>
    public int RateRequests { get; init; } = 500;

    /// <summary>The time that <see cref="RateRequests"/> counts in.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Event streams that may be open at once.</summary>
    public int MaxStreams { get; init; } = 200;

    /// <summary>The pause after which an event stream says that it lives.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where else its metrics and traces go.</summary>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>The longest that a request waits for the registry.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>A certificate for TLS.</summary>
/// <param name="Certificate">Absolute path of a PEM file with the certificate and its chain, or of a PFX file.</param>
/// <param name="Key">Absolute path of a PEM file with the private key; null if the certificate's own file has it.</param>
/// <param name="PasswordFile">Absolute path of a file with the key's password; null for a key without one.</param>
public sealed record TlsSettings(string Certificate, string? Key, string? PasswordFile)
{
    /// <summary>Whether the certificate is a PFX file.</summary>
    public bool IsPfx => Path.GetExtension(Certificate) is ".pfx" or ".p12";
}
