using System.Net;

namespace Cairn.Engine.Settings;

internal static class SeedSettingsReader
{
    private const int MinBody = 1 << 10, MostBody = 64 << 20;

    private static readonly SeedSettings Usual = new() { Roots = [] };

    public static readonly SettingSection Section = new("seed");

    internal static readonly SettingType<IPAddress> AddressType = Scalar(
        "address", "an IP address of this machine, 0.0.0.0 or :: for all of them",
        (HoconScalar scalar, out IPAddress address) =>
            IPAddress.TryParse(scalar.Text == "localhost" ? "127.0.0.1" : scalar.Text, out address!),
        address => address.ToString());

    private static readonly Setting<IPAddress> Address = Section.Add(
        "address", AddressType, usual: Usual.Address,
        help: "The address to listen on. Any but loopback (127.0.0.1, ::1) needs a bearer token.");

    private static readonly Setting<int> Port = Section.Add(
        "port", Integer("the port to listen on, 0 for any", 0, ushort.MaxValue), usual: Usual.Port,
        help: "The port to listen on, 0 for any free port.");

    private static readonly Setting<IReadOnlyList<string>> Roots = Section.Add(
        "roots", Texts, usual: Given.Of<IReadOnlyList<string>>(["."]),
        help: "The folders that submitted runs may read and write, at the same path on all machines; relative to the working directory.");

    private static readonly Setting<IReadOnlyList<string>> RankCommands = Section.Add(
        "rank-commands", Texts, usual: Given.Of<IReadOnlyList<string>>(Usual.RankCommands),
        help: "What ranks.command and model.python of a submitted spec may be: workers execute it. With an interpreter in this list, "
            + "submitters can run any code.");

    private static readonly Setting<IReadOnlyList<string>> AlertCommands = Section.Add(
        "alert-commands", Texts, usual: Given.Of<IReadOnlyList<string>>([]), example: "[\"/usr/local/bin/page\"]",
        help: "The programs that deadline.command of a submitted spec may begin with: this seed runs them, as its own user.");

    private static readonly Setting<IReadOnlyList<string>> AlertWebhooks = Section.Add(
        "alert-webhooks", Texts, usual: Given.Of<IReadOnlyList<string>>([]), example: "[\"https://hooks.example/cairn/\"]",
        help: "The addresses that deadline.webhook of a submitted spec may be; one that ends in a slash stands for all that begin so.");

    private static readonly Setting<string?> TokenFile = Section.Add(
        "token-file", MaybeInputFile("a file with the bearer token"), unset: "none", example: "/etc/cairn/token",
        help: "A file with the bearer token, which every request except /healthz and /readyz must have; $CAIRN_TOKEN can replace it.");

    private static readonly Setting<string?> Certificate = Section.Add(
        "tls.certificate", MaybeInputFile("a certificate, PEM or PFX"), unset: "no TLS", example: "/etc/cairn/seed.pem",
        help: "A certificate for TLS, PEM (with its chain) or PFX. By default no TLS.");

    private static readonly Setting<string?> Key = Section.Add(
        "tls.key", MaybeInputFile("a PEM file with the private key"), unset: "in the certificate's own file",
        example: "/etc/cairn/seed.key", help: "PEM: the private key. By default it is in the certificate's own file.");

    private static readonly Setting<string?> PasswordFile = Section.Add(
        "tls.password-file", MaybeInputFile("a file with the key's password"), unset: "no password", example: "/etc/cairn/seed.password",
        help: "A file with the key's password. By default the key has none.");

    private static readonly Setting<int> MaxBody = Section.Add(
        "max-body", Scalar<int>("size", "a size from 1KiB to 64MiB", TryBody, WriteSize), usual: Usual.MaxBody,
        help: "The largest body of a request.");

    private static readonly Setting<int> RateRequests = Section.Add(
        "rate-limit.requests", Integer("how many requests a client may send in the window", 1), usual: Usual.RateRequests,
        help: "How many requests a client (by its address) may send in the time below; more are answered with 429.");

    private static readonly Setting<TimeSpan> RateWindow = Section.Add(
        "rate-limit.window", Duration("30s"), usual: Usual.RateWindow, help: "The time in which these requests are counted.");

    private static readonly Setting<int> MaxStreams = Section.Add(
        "max-streams", Integer("how many event streams may be open", 1, 100_000), usual: Usual.MaxStreams,
        help: "How many event streams may be open at once.");

    private static readonly Setting<TimeSpan> KeepAlive = Section.Add(
        "keep-alive", Duration("30s"), usual: Usual.KeepAlive, help: "The pause after which an idle event stream sends a comment.");

    private static readonly Setting<TimeSpan> AnswerWithin = Section.Add(
        "answer-within", Duration("30s"), usual: Usual.AnswerWithin, help: "The longest time that a request waits for the registry of "
            + "runs.");

    public static SeedSettings Read(SettingReader reader) => new()
    {
        Address = reader.Get(Address),
        Port = reader.Get(Port),
        Roots = [.. reader.Get(Roots).Select(r => Path.GetFullPath(r, reader.Context.WorkingDirectory))],
        RankCommands = reader.Get(RankCommands),
        AlertCommands = reader.Get(AlertCommands),
        AlertWebhooks = reader.Get(AlertWebhooks),
        TokenFile = reader.Get(TokenFile),
        Tls = Tls(reader),
        MaxBody = reader.Get(MaxBody),
        RateRequests = reader.Get(RateRequests),
        RateWindow = reader.Get(RateWindow),
        MaxStreams = reader.Get(MaxStreams),
        KeepAlive = reader.Get(KeepAlive),
        AnswerWithin = reader.Get(AnswerWithin),
    };

    private static TlsSettings? Tls(SettingReader reader)
    {
        var (certificate, key, password) = (reader.Get(Certificate), reader.Get(Key), reader.Get(PasswordFile));
        if (certificate is null)
        {
            if (key is not null && reader.Find(Certificate.Key) is null)
                reader.Wrong(Certificate.Key, null, "the certificate of seed.tls.key");
            return null;
        }
        var tls = new TlsSettings(certificate, key, password);
        if (tls.IsPfx && key is not null)
            reader.Wrong(Key.Key, reader.Find(Key.Key), "no such setting beside a PFX file, which holds its key");
        return tls;
    }

    private static bool TryBody(HoconScalar scalar, out int bytes)
    {
        var isGood = scalar.TrySize(out var size) && size is >= MinBody and <= MostBody;
        bytes = isGood ? (int)size : MinBody;
        return isGood;
    }

    private static JsonNode WriteSize(int bytes) =>
        bytes % (1 << 20) == 0 ? FormattableString.Invariant($"{bytes >> 20}MiB") : FormattableString.Invariant($"{bytes}B");
}
